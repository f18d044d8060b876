type Listener = (...args: unknown[]) => void;

/**
 * What a page and the one that it opened tell each other by.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/api/route/EventChannel.html
 */
export class EventChannel {
  private readonly listeners = new Map<string, Set<Listener>>();

  on(name: string, listener: Listener): void {
    const listeners = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, listeners.add(listener));
  }

  once(name: string, listener: Listener): void {
    const first: Listener = (...args) => {
      this.off(name, first);
      listener(...args);
    };
    this.on(name, first);
  }

  off(name: string, listener?: Listener): void {
    if (listener) this.listeners.get(name)?.delete(listener);
    else this.listeners.delete(name);
  }

  emit(name: string, ...args: unknown[]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) listener(...args);
  }
}
