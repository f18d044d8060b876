/** Shows hours and minutes, as a phone's status bar does. */
export function keepClock(clock: HTMLElement): void {
  const show = (): void => {
    const now = new Date();
    clock.textContent = now.toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit' });
    setTimeout(show, 60_000 - (now.getTime() % 60_000));
  };
  show();
}
