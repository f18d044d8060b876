import type { CodeSpace } from 'glass-easel-miniprogram-adapter';
import * as v from 'valibot';

/** Defines a component, a page or a behavior, as the global functions of a mini program do. */
type Define = (definition?: object) => unknown;

const behaviorsSchema = v.object({ behaviors: v.array(v.unknown()) });

/** WeChat's own behaviors, which a component names by a text. */
const FORM_FIELD = 'wx://form-field';

/** Paths of the components that are fields of a form. */
const formFields = new Set<string>();

export const isFormField = (path: string): boolean => formFields.has(path);

/**
 * Makes `Page`, `Component` and `Behavior` for the script at a path. A behavior that a text names is WeChat's own:
 * `wx://form-field` has properties, the others change nothing that the engine does not do anyway.
 *
 * @see https://developers.weixin.qq.com/miniprogram/dev/reference/api/Behavior.html
 */
export function defineAt(space: CodeSpace, path: string, run: () => void): void {
  space.componentEnv(path, ({ Page, Component, Behavior }) => {
    const formField = Behavior({ properties: { name: { type: String }, value: { type: null } } });
    const withObjects = (definition: object): object => {
      const parsed = v.safeParse(behaviorsSchema, definition);
      if (!parsed.success) return definition;
      if (parsed.output.behaviors.includes(FORM_FIELD)) formFields.add(path);
      const behaviors = parsed.output.behaviors.flatMap((each) => {
        if (typeof each === 'string') return each === FORM_FIELD ? [formField] : [];
        return each === undefined ? [] : [each];
      });
      return { ...definition, behaviors };
    };
    const over =
      (define: (...given: object[]) => unknown): Define =>
      (definition) =>
        definition === undefined ? define() : define(withObjects(definition));
    const globals = {
      Page: over(Page),
      Component: over(Component),
      Behavior: Object.assign(over(Behavior), { trait: Behavior.trait.bind(Behavior) }),
    };
    const before = Object.fromEntries(
      Object.keys(globals).map((name): [string, unknown] => [name, Reflect.get(globalThis, name)]),
    );
    Object.assign(globalThis, globals);
    try {
      run();
    } finally {
      Object.assign(globalThis, before);
    }
  });
}
