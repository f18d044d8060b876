/** The screen moves half as far as the finger. */
const RESISTANCE = 0.5;
/** Pixels of the screen's own way from which letting go refreshes. */
const ENOUGH = 50;
const FARTHEST = 100;

/** The gesture, and its state. */
export interface PullDown {
  /** Refreshes as if the user had pulled. */
  start(): void;
  /** The refresh is over: the screen goes back. */
  stop(): void;
}

/**
 * Pull down to refresh, by finger or by mouse, from the top of the page. The page's script ends it with
 * `wx.stopPullDownRefresh`.
 *
 * @param isEnabled whether the page in front can be pulled
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/Page.html
 */
export function pullDown(isEnabled: () => boolean, onRefresh: () => void): PullDown {
  const indicator = document.createElement('div');
  indicator.className = 'pull-down';
  indicator.ariaHidden = 'true';
  indicator.append(...[0, 1, 2].map(() => document.createElement('i')));
  document.body.prepend(indicator);

  let from: number | undefined;
  let refreshing = false;

  const show = (pixels: number): void => {
    document.body.style.setProperty('--pulled', `${pixels}px`);
    document.body.classList.toggle('pulled', pixels > 0);
  };
  const start = (): void => {
    if (refreshing || !isEnabled()) return;
    refreshing = true;
    window.scrollTo({ top: 0 });
    document.body.classList.add('refreshing');
    show(ENOUGH);
    onRefresh();
  };
  const stop = (): void => {
    refreshing = false;
    document.body.classList.remove('refreshing');
    show(0);
  };
  const distance = (y: number): number =>
    from === undefined ? 0 : Math.min((y - from) * RESISTANCE, FARTHEST);

  const down: Down = (y, target) => {
    const begins = isEnabled() && window.scrollY <= 0 && !refreshing && !inScrollView(target);
    from = begins ? y : undefined;
  };
  /** Whether the movement was the gesture's, so that the page must not scroll. */
  const move = (y: number): boolean => {
    if (from === undefined || distance(y) <= 0) return false;
    document.body.classList.add('pulling');
    show(distance(y));
    return true;
  };
  const up = (y: number): void => {
    const pulled = distance(y);
    if (from === undefined) return;
    from = undefined;
    document.body.classList.remove('pulling');
    if (pulled >= ENOUGH) start();
    else show(0);
  };
  byMouse(down, move, up);
  byTouch(down, move, up);
  return { start, stop };
}

type Down = (y: number, target: EventTarget | null) => void;
type Gesture = (y: number) => void;

/** What scrolls in a scroll-view pulls no page, as WeChat documents of `scroll-view`. */
function inScrollView(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('wx-scroll-view') !== null;
}

function byMouse(down: Down, move: Gesture, up: Gesture): void {
  window.addEventListener('mousedown', ({ button, clientY, target }) => {
    if (button === 0) down(clientY, target);
  });
  window.addEventListener('mousemove', ({ clientY }) => {
    move(clientY);
  });
  window.addEventListener('mouseup', ({ clientY }) => {
    up(clientY);
  });
}

function byTouch(down: Down, move: (y: number) => boolean, up: Gesture): void {
  window.addEventListener('touchstart', ({ touches: [touch], target }) => {
    if (touch) down(touch.clientY, target);
  });
  window.addEventListener(
    'touchmove',
    (event) => {
      const [touch] = event.touches;
      if (touch && move(touch.clientY) && event.cancelable) event.preventDefault();
    },
    { passive: false },
  );
  for (const type of ['touchend', 'touchcancel'] as const)
    window.addEventListener(type, ({ changedTouches: [touch] }) => {
      if (touch) up(touch.clientY);
    });
}
