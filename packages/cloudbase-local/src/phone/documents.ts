import { html, raw } from 'hono/html';
import type { Fault } from '../project/fault';
import type { SampleUser } from '../project/users';

type Html = ReturnType<typeof html>;

export interface Frame {
  /** The project's. */
  readonly name: string;
  /** Who can hold the phone. */
  readonly users: readonly SampleUser[];
  /** The HTML of the panel beside the phone, if there is one. */
  readonly panel: string | undefined;
}

/** The page around the phone's screen, with the project's panel beside it. */
export function frameDocument({ name, users, panel }: Frame): Html {
  const part = panel === undefined ? 'frame' : 'panel';
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>${name} 预览</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/preview/frame.css" />
        ${panel === undefined ? '' : html`<link rel="stylesheet" href="/preview/panel.css" />`}
        <script src="/preview/${part}.js" defer></script>
      </head>
      <body>
        <main>
          <section class="phone" aria-label="手机" data-users="${JSON.stringify(users)}">
            <div class="status-bar" aria-hidden="true">
              <time class="clock"></time>
              <svg class="signals" viewBox="0 0 62 12" width="62" height="12">
                <path d="M0 8h3v4H0zM5 5.5h3V12H5zM10 3h3v9h-3zM15 0h3v12h-3z" />
                <path class="wave" d="M24 4.4a10 10 0 0 1 14 0M26.5 7.2a6.4 6.4 0 0 1 9 0" />
                <path d="M28.4 9.2a3.7 3.7 0 0 1 5.2 0L31 12z" />
                <rect class="battery" x="42.5" y="0.5" width="16" height="11" rx="3" />
                <rect x="44" y="2" width="13" height="8" rx="1.6" />
                <path d="M60 4v4a2 2 0 0 0 0-4z" />
              </svg>
            </div>
            <div class="navigation-bar">
              <button type="button" class="back" aria-label="返回" hidden>
                <svg viewBox="0 0 12 24" width="12" height="24" aria-hidden="true">
                  <path d="M10 2 2 12l8 10" />
                </svg>
              </button>
              <button type="button" class="home" aria-label="首页" hidden>
                <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                  <path d="M3 11.5 12 4l9 7.5M5.5 9.5V20h13V9.5" />
                </svg>
              </button>
              <h1 class="navigation-title"></h1>
              <div class="capsule" aria-hidden="true">
                <svg viewBox="0 0 87 32" width="87" height="32">
                  <circle cx="15" cy="16" r="2.3" />
                  <circle cx="22" cy="16" r="3.3" />
                  <circle cx="29" cy="16" r="2.3" />
                  <path class="line" d="M43.5 7v18" />
                  <circle class="ring" cx="65" cy="16" r="8.5" />
                  <circle cx="65" cy="16" r="3.5" />
                </svg>
              </div>
            </div>
            <iframe class="screen" title="小程序"></iframe>
            <nav class="tab-bar" aria-label="标签栏" hidden></nav>
            <div class="home-indicator" aria-hidden="true"></div>
          </section>

          ${panel === undefined ? '' : html`<aside aria-label="预览工具">${raw(panel)}</aside>`}
        </main>
      </body>
    </html>`;
}

/**
 * The phone's screen, with the mini program in it, or with what is wrong with it.
 *
 * @param functionFaults - What is wrong with cloud functions: it is shown over the page, since the others answer.
 */
export function screenDocument(version: string, functionFaults: readonly Fault[]): Html {
  return html`<!doctype html>
    <html
      lang="zh-CN"
      data-version="${version}"
      data-function-faults="${JSON.stringify(functionFaults)}"
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>小程序</title>
        <link rel="stylesheet" href="/preview/screen.css" />
        <script src="/preview/screen.js" defer></script>
      </head>
      <body></body>
    </html>`;
}
