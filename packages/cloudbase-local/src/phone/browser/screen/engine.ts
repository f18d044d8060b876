import * as glassEasel from 'glass-easel';
import { MiniProgramEnv, type CodeSpace } from 'glass-easel-miniprogram-adapter';
import type { Fault } from '../../../project/fault';
import type { Program, ProgramComponent } from '../../program';
import { PreviewBackend } from './backend';
import { defineAt } from './definitions';
import { faultsIn } from './faults';

/** The part of a mini program that runs. */
export interface ProgramCode {
  /** Gives the compiled templates by path; the WXS scripts run meanwhile. */
  templates: () => glassEasel.template.ComponentTemplate['groupList'];
  /** Runs the script of a component, or of the app. */
  run: Record<string, () => unknown>;
}

/** A page or a component on the screen. */
export interface Mounted {
  component: glassEasel.GeneralComponent;
  /** Puts it into the document. */
  attach(): void;
  /** Its element in the document, once it is there. */
  element(): HTMLElement;
  release(): void;
}

/** What cannot be shown, and why. */
export class FaultyComponent extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ file, reason }) => `${file}: ${reason}`).join('\n'));
    this.name = 'FaultyComponent';
  }
}

/** Makes pages of a mini program's components, each with what it needs and no more. */
export interface Engine {
  readonly backend: PreviewBackend;
  /**
   * Makes a page or a component that stands by itself. Scripts run the first time that they are needed.
   *
   * @param tag - Names its element.
   * @throws {FaultyComponent} if its sources, or those of a component that it uses, do not compile
   * @throws what a script throws
   */
  mount(path: string, tag: string): Mounted;
  /** Shows the styles of this page, and no other page's. */
  styleAs(path: string): void;
}

export function createEngine(
  program: Program,
  code: ProgramCode,
  elementName: (tag: string) => string,
): Engine {
  // A property may have the name of something that the engine's own elements have, such as `dataset`.
  glassEasel.globalOptions.writeFieldsToNode = false;
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace('', true);
  const backend = new PreviewBackend(elementName);
  const associated = env.associateBackend(backend);
  const components = new Map(program.components.map((each) => [each.path, each]));
  const defined = new Set<string>();
  const sheets = new Map<string, CSSStyleSheet>();
  addSources(space, program, code);

  const define = (component: ProgramComponent): void => {
    if (defined.has(component.path)) return;
    if (component.faults.length > 0) throw new FaultyComponent(component.faults);
    defineAt(space, component.path, () => {
      run(code.run[component.path]);
    });
    defined.add(component.path);
  };
  const needed = (path: string): ProgramComponent[] => neededBy(path, components);

  return {
    backend,
    mount(path, tag) {
      const all = needed(path);
      const faults = all.flatMap((each) => each.faults);
      if (faults.length > 0) throw new FaultyComponent(faults);
      for (const component of all) define(component);
      const root = associated.createRoot(tag, space, path);
      const element = (): HTMLElement => {
        const found: unknown = root.getComponent().getBackendElement();
        if (found instanceof HTMLElement) return found;
        throw new Error(`${path} is not in the document`);
      };
      return {
        component: root.getComponent(),
        attach() {
          const placeholder = backend.document.createElement(tag);
          backend.getRootNode().appendChild(placeholder);
          root.attach(backend.getRootNode(), placeholder);
        },
        element,
        release() {
          element().remove();
          root.release();
        },
      };
    },
    styleAs(path) {
      const own = [{ path: 'app', style: program.appStyle }, ...needed(path).reverse()];
      document.adoptedStyleSheets = own.map(({ path: name, style }) => {
        const sheet = sheets.get(name) ?? sheetOf(style);
        sheets.set(name, sheet);
        return sheet;
      });
    },
  };
}

/** Runs a script; one that does not compile throws what is wrong with it. */
function run(script: (() => unknown) | undefined): void {
  try {
    script?.();
  } catch (error) {
    const faults = faultsIn(error);
    throw faults === undefined ? error : new FaultyComponent(faults);
  }
}

function sheetOf(style: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  return sheet;
}

/** A component and all that it uses, each once, users before what they use. */
function neededBy(path: string, components: Map<string, ProgramComponent>): ProgramComponent[] {
  const found = new Set<ProgramComponent>();
  const collect = (name: string): void => {
    const component = components.get(name);
    if (component === undefined || found.has(component)) return;
    found.add(component);
    const { usingComponents, componentGenerics } = component.config;
    for (const used of Object.values(usingComponents)) collect(used.slice(1));
    for (const generic of Object.values(componentGenerics))
      if (generic !== true) collect(generic.default.slice(1));
  };
  collect(path);
  return [...found];
}

function addSources(space: CodeSpace, program: Program, code: ProgramCode): void {
  const templates = code.templates() ?? {};
  space.addStyleSheet('app', 'app');
  for (const { path, config, styleScope } of program.components) {
    space.addComponentStaticConfig(path, config);
    space.addStyleSheet(path, path, styleScope);
    const content = templates[path];
    if (!content) continue;
    space.addCompiledTemplate(path, {
      groupList: templates,
      content,
      fallbackListenerOnNativeNode: true,
    });
  }
}
