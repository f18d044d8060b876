/**
 * Makes a question to ask whenever the page has scrolled: whether it came within `distance` pixels of its bottom. Yes
 * once, until it has left there: by scrolling away, or by growing.
 */
export function reachesBottom(distance: number): () => boolean {
  let toldAtHeight: number | undefined;
  return () => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const near = scrollTop > 0 && scrollHeight - clientHeight - scrollTop <= distance;
    const tells = near && toldAtHeight !== scrollHeight;
    toldAtHeight = near ? scrollHeight : undefined;
    return tells;
  };
}
