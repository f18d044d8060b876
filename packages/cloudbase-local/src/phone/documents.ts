import { html } from 'hono/html';
import { placeOf, type Fault, type SourcesError } from './compile/fault';
import type { SampleUser } from '../project/users';

type Html = ReturnType<typeof html>;

/** The page around the phone: the frame, who is calling, and what to try. */
export function shellDocument(users: SampleUser[]): Html {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>token-loop 预览</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/preview/shell.css" />
        <script src="/preview/shell.js" defer></script>
      </head>
      <body>
        <main>
          <section class="phone" aria-label="手机">
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

          <aside aria-label="预览工具">
            <header>
              <h2>token-loop</h2>
              <p>手机里是真实的小程序页面，请求发往本机的云函数。</p>
            </header>

            <form class="card users">
              <fieldset>
                <legend>谁在使用</legend>
                <div class="choices">${users.map(userChoice)}</div>
              </fieldset>
            </form>

            <section class="card actions" aria-labelledby="try">
              <h3 id="try">试一试</h3>
              <button type="button" class="primary" data-action="forget">
                让云端忘记当前token
              </button>
              <div class="pair">
                <button type="button" data-action="pull">下拉刷新</button>
                <button type="button" data-action="clear">清除小程序缓存</button>
              </div>
              <p class="said" role="status">
                先点手机里的「携带token请求数据」，再让云端忘记，然后再点一次。
              </p>
            </section>

            <section class="card" aria-labelledby="loop">
              <h3 id="loop">token 怎样换新</h3>
              <ol class="loop">
                <li><code>orders</code> 带着旧 token 去请求，云端答 <b class="refused">903</b></li>
                <li><code>gettoken</code> 换来新 token，存进手机</li>
                <li><code>orders</code> 带着新 token 再请求一次，拿到数据</li>
              </ol>
              <p class="hint">展开手机里的「调用记录」，看得到每一步。</p>
            </section>

            <footer>改动 <code>miniprogram/</code> 里的源码，保存后手机自动刷新。</footer>
          </aside>
        </main>
      </body>
    </html>`;
}

function userChoice({ openid, nickname }: SampleUser, index: number): Html {
  return html`<label>
    <input type="radio" name="openid" value="${openid}" ${index === 0 ? 'checked' : ''} />
    <span>${nickname}</span>
  </label>`;
}

/** The phone's screen, with the mini program in it. */
export function phoneDocument(version: string): Html {
  return phoneFrame(version, html`<script src="/preview/phone.js" defer></script>`, html``);
}

/** The phone's screen when the sources do not compile: which file, and why. */
export function faultDocument(version: string, error: SourcesError): Html {
  const body = html`<main class="faults">
    <div role="alert">
      <h1>小程序没有编译通过</h1>
      ${error.faults.map(faultItem)}
      <p class="way-on">改好并保存后，这里会自动恢复。</p>
    </div>
  </main>`;
  return phoneFrame(version, html``, body);
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

function phoneFrame(version: string, script: Html, body: Html): Html {
  return html`<!doctype html>
    <html lang="zh-CN" data-version="${version}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>小程序</title>
        <link rel="stylesheet" href="/preview/phone.css" />
        ${script}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}
