import * as glassEasel from 'glass-easel';
import type { Fault } from '../../../project/fault';
import type { Program } from '../../program';
import { onShellMessage, tellShell } from '../messages';
import { startApp } from './app';
import { createBars } from './bars';
import { defineElements } from './elements/built-ins';
import { createEngine, type ProgramCode } from './engine';
import { faultsIn, faultView, functionFaultsView, placeOf } from './faults';
import { parseAddress } from './navigation/address';
import { createStack } from './navigation/stack';
import { showFailure } from './overlay';
import { makePage, type Page } from './page';
import { pullDown } from './pull';
import { hoverByPointer, longPress, tapByKeyboard, touchByMouse } from './taps';
import { UnsupportedError } from './wx/supported';
import { createWx } from './wx/wx';
import { provideWxs } from './wxs';

/** Runs a mini program in this document: the bundle that the server makes calls it. */
export function launch(program: Program, code: ProgramCode): void {
  reportFailures();
  showFunctionFaults();
  provideWxs();
  const asked = new URLSearchParams(location.search);
  const openid = asked.get('openid') ?? '';
  const wanted = parseAddress(asked.get('page') ?? '', '');
  const first = program.pages.includes(wanted.path) ? wanted : parseAddress(program.entry, '');
  const { classList, style } = document.documentElement;
  if (program.darkMode) classList.add('follows-dark');
  else style.colorScheme = 'light';
  for (const fault of program.warnings) console.warn(`${placeOf(fault)}: ${fault.reason}`);

  const isTab = (path: string): boolean =>
    program.tabBar?.items.some((item) => item.page === path) ?? false;
  const stack = createStack<Page>({
    make: (address) => makePage(engine, program, address),
    exists: (path) => program.pages.includes(path),
    isTab,
    onTop() {
      bars.refresh();
    },
  });
  const bars = createBars(program, () => stack.pages());
  const pull = pullDown(
    () => stack.top()?.settings.enablePullDownRefresh ?? false,
    () => stack.top()?.call('onPullDownRefresh'),
  );
  const { wx, navigate } = createWx({ openid, program, stack, bars, pull, first });
  const tags = program.components.flatMap(({ config }) => Object.keys(config.usingComponents));
  const elementName = defineElements(tags, navigate, (tag) => {
    console.error(`<${tag}> is not supported by the preview; use WeChat DevTools`);
  });
  const engine = createEngine(program, code, elementName);
  Object.assign(globalThis, { wx, getCurrentPages: () => stack.pages().map(({ self }) => self) });

  try {
    startApp(first, code.run['app']);
  } catch (error) {
    const faults = faultsIn(error);
    if (faults === undefined) throw error;
    showFaults(faults);
    return;
  }
  tapByKeyboard(engine.backend);
  hoverByPointer(engine.backend);
  longPress(engine.backend);
  touchByMouse(engine.backend);
  window.addEventListener('scroll', () => {
    stack.top()?.scrolled();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stack.top()?.hide();
    else stack.top()?.show();
  });
  onShellMessage((message) => {
    if (message.kind === 'pull-down') pull.start();
    if (message.kind === 'back') navigate('navigateBack', {});
    if (message.kind === 'home') navigate('reLaunch', { url: `/${program.entry}` });
    if (message.kind === 'tab') tapTab(program, stack.top(), message.index, navigate);
  });
  stack.open('reLaunch', first);
}

function showFunctionFaults(): void {
  const view = functionFaultsView(document.documentElement.dataset['functionFaults']);
  if (view) document.body.append(view);
}

/** Shows what is wrong with a mini program of which no page can be shown. */
export function showFaults(faults: readonly Fault[]): void {
  showFunctionFaults();
  document.body.append(faultView('编译失败', faults));
  tellShell({ kind: 'refreshable', enabled: false });
  tellShell({ kind: 'tab-bar', bar: null });
}

function tapTab(
  program: Program,
  before: Page | undefined,
  index: number,
  navigate: (method: string, options: object) => void,
): void {
  const item = program.tabBar?.items[index];
  if (!item) return;
  const tapped = { index, pagePath: item.page, text: item.text };
  if (before?.path === item.page) before.call('onTabItemTap', tapped);
  else navigate('switchTab', { url: `/${item.page}`, tapped });
}

function reportFailures(): void {
  glassEasel.addGlobalErrorListener((error) => {
    showFailure(error instanceof Error ? error.message : String(error));
  });
  window.addEventListener('error', ({ message }) => {
    showFailure(message);
  });
  window.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
    if (reason instanceof UnsupportedError) return;
    showFailure(reasonOf(reason));
  });
}

/** Mini programs reject with whatever they like; WeChat with an object that has `errMsg`. */
function reasonOf(reason: unknown): string {
  if (reason instanceof Error) return reason.message;
  if (typeof reason !== 'object' || reason === null) return String(reason);
  return 'errMsg' in reason ? String(reason.errMsg) : 'Promise 被拒绝，没有说明原因';
}
