import type * as glassEasel from 'glass-easel';
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
  const pressed = new Map<Element, string[]>();
  const release = (): void => {
    for (const [element, names] of pressed)
      for (const name of names) backend.ownerOf(element)?.classList?.toggle(name, false);
    pressed.clear();
  };
  document.addEventListener('pointerdown', ({ target }) => {
    const element = target instanceof Element ? target.closest('[hover-class]') : null;
    const names = element?.getAttribute('hover-class')?.split(/\s+/).filter(Boolean) ?? [];
    if (!element || names.includes('none') || element.hasAttribute('disabled')) return;
    pressed.set(element, names);
    for (const name of names) backend.ownerOf(element)?.classList?.toggle(name, true);
  });
  for (const type of ['pointerup', 'pointercancel', 'blur']) window.addEventListener(type, release);
}

/** A mouse touches as a finger does: what is dragged with `touchstart` and `touchmove` follows it. */
export function touchByMouse(backend: PreviewBackend): void {
  let touched: glassEasel.Element | undefined;
  const tell = (type: string, { clientX, clientY, pageX, pageY }: MouseEvent): void => {
    const touch = { identifier: 0, clientX, clientY, pageX, pageY };
    const extraFields = { touches: type === 'touchend' ? [] : [touch], changedTouches: [touch] };
    touched?.triggerEvent(type, {}, { ...composed, extraFields });
  };
  document.addEventListener('mousedown', (event) => {
    const { target, button } = event;
    touched = target instanceof Element && button === 0 ? ownerAt(backend, target) : undefined;
    tell('touchstart', event);
  });
  window.addEventListener('mousemove', (event) => {
    tell('touchmove', event);
  });
  window.addEventListener('mouseup', (event) => {
    tell('touchend', event);
    touched = undefined;
  });
}

/** The engine's element that an element of the document is, or is in. */
function ownerAt(backend: PreviewBackend, element: Element): glassEasel.Element | undefined {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const owner = backend.ownerOf(at);
    if (owner) return owner;
  }
  return undefined;
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
      const owner = target instanceof Element ? ownerAt(backend, target) : undefined;
      for (const type of ['longpress', 'longtap']) owner?.triggerEvent(type, { x, y }, composed);
    }, LONG);
  });
  for (const type of ['pointerup', 'pointercancel', 'pointermove', 'blur'])
    window.addEventListener(type, end);
}

function isTappable(element: Element): boolean {
  return element.getAttribute('tabindex') === '0' && element.localName !== 'wx-scroll-view';
}
