import * as glassEasel from 'glass-easel';
import { MiniProgramEnv, type CodeSpace } from 'glass-easel-miniprogram-adapter';
import type { Program, ProgramComponent } from '../../program';
import { startApp } from './app';
import { PreviewBackend } from './backend';
import { defineElements } from './elements';
import { showFailure } from './overlay';
import { bringToLife } from './page';
import type { PullDown } from './pull';
import { hoverByPointer, tapByKeyboard } from './taps';
import { createWx } from './wx/wx';

/** The part of a mini program that runs. */
export interface ProgramCode {
  /** Compiled templates by path. */
  templates: glassEasel.template.ComponentTemplate['groupList'];
  /** Runs the script of a component, or of the app. */
  run: Record<string, () => unknown>;
}

/** Runs a mini program in this document: the bundle that the server makes calls it. */
export function launch(program: Program, code: ProgramCode): void {
  reportFailures();
  const asked = new URLSearchParams(location.search);
  const openid = asked.get('openid') ?? '';
  const isPage = ({ path, page }: ProgramComponent): boolean =>
    page !== undefined && path === asked.get('page');
  const entry = program.components.find(isPage)?.path ?? program.entry;
  let pull: PullDown | undefined;
  Object.assign(globalThis, { wx: createWx(openid, () => pull) });

  startApp(entry, code.run['app']);
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace('', true);
  addSources(space, program, code);
  for (const { path } of program.components)
    space.globalComponentEnv(globalThis, path, () => code.run[path]?.());

  const tags = program.components.flatMap(({ config }) => Object.keys(config.usingComponents));
  const backend = new PreviewBackend(defineElements(tags));
  const associated = env.associateBackend(backend);
  for (const { path, style } of withApp(program)) associated.registerStyleSheetContent(path, style);
  const root = associated.createRoot('page', space, entry);
  const placeholder = backend.document.createElement('page');
  backend.getRootNode().appendChild(placeholder);
  root.attach(backend.getRootNode(), placeholder);

  tapByKeyboard(backend);
  hoverByPointer(backend);
  const page = program.components.find(({ path }) => path === entry)?.page;
  if (page) pull = bringToLife(root.getComponent(), page);
}

function addSources(space: CodeSpace, program: Program, { templates = {} }: ProgramCode): void {
  space.addStyleSheet('app', 'app');
  for (const { path, config, styleScope } of program.components) {
    space.addComponentStaticConfig(path, config);
    space.addStyleSheet(path, path, styleScope);
    const content = templates[path];
    if (!content) throw new Error(`${path} has no template`);
    space.addCompiledTemplate(path, {
      groupList: templates,
      content,
      fallbackListenerOnNativeNode: true,
    });
  }
}

function withApp(program: Program): Pick<ProgramComponent, 'path' | 'style'>[] {
  return [{ path: 'app', style: program.appStyle }, ...program.components];
}

function reportFailures(): void {
  glassEasel.addGlobalErrorListener((error) => {
    showFailure(error instanceof Error ? error.message : String(error));
  });
  window.addEventListener('error', ({ message }) => {
    showFailure(message);
  });
  window.addEventListener('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
    showFailure(reason instanceof Error ? reason.message : String(reason));
  });
}
