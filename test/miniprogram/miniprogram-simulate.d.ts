/**
 * The part of miniprogram-simulate that the tests use. `paths` of tsconfig.json puts it in the place of the package's own
 * declarations: those give every file of the program a `require` without `resolve`.
 */
export function load(component: string, tag: string, options: { rootPath: string }): string;
export function render(id: string, properties?: object): Rendered;

/** A rendered component or page, or a part of it, as miniprogram-simulate gives it. */
export interface Rendered {
  readonly dom: { readonly textContent: string };
  readonly instance: {
    onLoad?(query: object): void;
    onPullDownRefresh(): Promise<void>;
    onReachBottom(): Promise<void>;
    setData: (change: object) => void;
  };
  addEventListener(name: string, listener: (event: { detail: unknown }) => void): void;
  dispatchEvent(name: string): void;
  querySelectorAll(selector: string): Rendered[];
  triggerPageLifeTime(name: 'show' | 'hide'): void;
  attach(parent: object): void;
  detach(): void;
}
