import { launchBrowser } from './chromium';
import { startLocalCloud } from 'cloudbase-local';
import { readFileSync } from 'node:fs';
async function main() {
  const cloud = await startLocalCloud({ root: '/tmp/libs', dataDir: '/tmp/libs-data-' + process.pid, port: 0, env: {}, log: () => undefined });
  const browser = await launchBrowser();
  try {
    const p = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    let said: string[] = [];
    p.on('console', (m) => { if (m.type() === 'error') said.push(m.text().slice(0, 220)); });
    p.on('pageerror', (e) => said.push('PAGEERROR ' + (e.message || String(e)).slice(0, 200)));
    await p.goto(cloud.url); await p.waitForTimeout(6000);
    const pages = JSON.parse(readFileSync('/tmp/libs/miniprogram/app.json', 'utf8')).pages as string[];
    let ok = 0; const bad: Record<string, string[]> = {};
    for (const page of pages) {
      said = [];
      const f = p.frames().find((x) => x.url().includes('/phone'))!;
      const r = await f.evaluate(`(async () => { document.querySelectorAll('.strip').forEach(x=>x.remove()); try { await wx.reLaunch({ url: '/${page}' }); } catch (e) { return 'fail ' + (e.errMsg||e.message); } await new Promise(r => setTimeout(r, 120)); const a = document.querySelector('[role=alert]'); return a ? a.textContent.slice(0, 200) : document.body.textContent.includes('end') ? '' : 'no end'; })()`);
      const wrong = [...(r ? [String(r)] : []), ...said.filter((x) => !/ERR_NAME_NOT|Failed to load resource|not supported by the preview/.test(x))];
      if (wrong.length) bad[page] = wrong.slice(0, 2); else ok++;
    }
    console.log(ok, 'of', pages.length);
    for (const [k, v] of Object.entries(bad)) console.log(k.replace('pages/', ''), '::', v.map((x) => x.replaceAll('\n', ' ')).join(' || ').slice(0, 330));
  } finally { await browser.close(); await cloud.close(); }
}
void main();
