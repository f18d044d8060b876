import * as v from 'valibot';

const fromPhone = v.variant('kind', [
  v.object({
    kind: v.literal('navigation-bar'),
    title: v.string(),
    background: v.string(),
    text: v.picklist(['black', 'white']),
    /** The page fills the whole screen, and draws its own. */
    custom: v.boolean(),
    loading: v.boolean(),
    button: v.picklist(['none', 'back', 'home']),
    /** Of the page, with its query. */
    address: v.string(),
  }),
  v.object({
    kind: v.literal('tab-bar'),
    bar: v.nullable(
      v.object({
        background: v.string(),
        border: v.picklist(['black', 'white']),
        items: v.array(
          v.object({
            text: v.string(),
            icon: v.string(),
            color: v.string(),
            selected: v.boolean(),
            badge: v.string(),
            dot: v.boolean(),
          }),
        ),
      }),
    ),
  }),
  v.object({ kind: v.literal('refreshable'), enabled: v.boolean() }),
]);
const fromShell = v.variant('kind', [
  v.object({ kind: v.literal('pull-down') }),
  v.object({ kind: v.literal('back') }),
  v.object({ kind: v.literal('home') }),
  v.object({ kind: v.literal('tab'), index: v.number() }),
]);

/** What the phone tells the page around it. */
export type FromPhone = v.InferOutput<typeof fromPhone>;
/** What the page around the phone asks of it. */
export type FromShell = v.InferOutput<typeof fromShell>;

export const tellShell = (message: FromPhone): void => {
  window.parent.postMessage(message, location.origin);
};

export const tellPhone = (phone: Window | null, message: FromShell): void => {
  phone?.postMessage(message, location.origin);
};

export const onPhoneMessage = (listener: (message: FromPhone) => void): void => {
  listen(fromPhone, listener);
};

export const onShellMessage = (listener: (message: FromShell) => void): void => {
  listen(fromShell, listener);
};

/** Messages of other origins and of other shapes (browser extensions send some) are not ours. */
function listen<Schema extends v.GenericSchema>(
  schema: Schema,
  listener: (message: v.InferOutput<Schema>) => void,
): void {
  window.addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
    if (origin !== location.origin) return;
    const parsed = v.safeParse(schema, data);
    if (parsed.success) listener(parsed.output);
  });
}
