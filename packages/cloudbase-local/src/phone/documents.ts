import { html, raw } from 'hono/html';
import { placeOf, type Fault } from '../project/fault';
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
            <div class="home-indicator" aria-hidden="true"></div>
          </section>

          ${panel === undefined ? '' : html`<aside aria-label="预览工具">${raw(panel)}</aside>`}
        </main>
      </body>
    </html>`;
}

/** The phone's screen, with the mini program in it. */
export function screenDocument(version: string): Html {
  return screenFrame(version, html`<script src="/preview/screen.js" defer></script>`, html``);
}

/** The phone's screen when the sources do not compile: which file, and why. */
export function faultDocument(version: string, faults: readonly Fault[]): Html {
  const body = html`<main class="faults">
    <div role="alert">
      <h1>编译失败</h1>
      ${faults.map(faultItem)}
      <p class="way-on">改好并保存后，这里会自动恢复。</p>
    </div>
  </main>`;
  return screenFrame(version, html``, body);
}

function faultItem(fault: Fault): Html {
  const caret = fault.column === undefined ? '' : `\n${' '.repeat(fault.column - 1)}^`;
  const excerpt =
    fault.excerpt === undefined ? '' : html`<pre tabindex="0">${fault.excerpt + caret}</pre>`;
  return html`<section>
    <h2>${placeOf(fault)}</h2>
    <p>${fault.reason}</p>
    ${excerpt}
  </section>`;
}

function screenFrame(version: string, script: Html, body: Html): Html {
  return html`<!doctype html>
    <html lang="zh-CN" data-version="${version}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>小程序</title>
        <link rel="stylesheet" href="/preview/screen.css" />
        ${script}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}
