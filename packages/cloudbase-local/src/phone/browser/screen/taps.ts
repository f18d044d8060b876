import type { PreviewBackend } from './backend';

const composed = { bubbles: true, composed: true, capturePhase: true };

/** Enter and the space bar tap what has the focus, as they do on a browser's own button. */
export function tapByKeyboard(backend: PreviewBackend): void {
  document.addEventListener('keydown', (event) => {
    const { target, key, repeat } = event;
    if (!(target instanceof Element) || (key !== 'Enter' && key !== ' ')) return;
    const owner = backend.ownerOf(target);
    if (!owner || !isTappable(target)) return;
    event.preventDefault();
    const { x, y } = target.getBoundingClientRect();
    if (!repeat) owner.triggerEvent('tap', { x, y }, composed);
  });
}

/** `hover-class` while a pointer is down. */
export function hoverByPointer(backend: PreviewBackend): void {
  const pressed = new Map<Element, string>();
  const release = (): void => {
    for (const [element, name] of pressed) backend.ownerOf(element)?.classList?.toggle(name, false);
    pressed.clear();
  };
  document.addEventListener('pointerdown', ({ target }) => {
    const element = target instanceof Element ? target.closest('[hover-class]') : null;
    const name = element?.getAttribute('hover-class');
    if (!element || !name || name === 'none' || element.hasAttribute('disabled')) return;
    pressed.set(element, name);
    backend.ownerOf(element)?.classList?.toggle(name, true);
  });
  for (const type of ['pointerup', 'pointercancel', 'blur']) window.addEventListener(type, release);
}

/** Milliseconds that a finger rests for a long press. */
const LONG = 350;

/** `longpress`, and `longtap` by its older name. */
export function longPress(backend: PreviewBackend): void {
  let waiting: number | undefined;
  const end = (): void => {
    window.clearTimeout(waiting);
  };
  document.addEventListener('pointerdown', ({ target, clientX: x, clientY: y }) => {
    end();
    waiting = window.setTimeout(() => {
      for (let at = target; at instanceof Element; at = at.parentElement) {
        const owner = backend.ownerOf(at);
        for (const type of owner ? ['longpress', 'longtap'] : [])
          owner?.triggerEvent(type, { x, y }, composed);
        if (owner) return;
      }
    }, LONG);
  });
  for (const type of ['pointerup', 'pointercancel', 'pointermove', 'blur'])
    window.addEventListener(type, end);
}

function isTappable(element: Element): boolean {
  return element.getAttribute('tabindex') === '0' && element.localName !== 'wx-scroll-view';
}
