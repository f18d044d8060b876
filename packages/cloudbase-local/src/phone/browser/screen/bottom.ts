/**
 * Tells once each time the page comes within `distance` pixels of its bottom, until it has left there: by scrolling
 * away, or by growing.
 */
export function onReachBottom(distance: number, tell: () => void): void {
  let toldAtHeight: number | undefined;
  window.addEventListener('scroll', () => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const near = scrollTop > 0 && scrollHeight - clientHeight - scrollTop <= distance;
    if (near && toldAtHeight !== scrollHeight) tell();
    toldAtHeight = near ? scrollHeight : undefined;
  });
}
