/**
 * Takes the place of a package that is left out of a function, see leave-out.ts. Reading from it gives
 * more of the same, so code that only reads as it loads gets on; a call of anything in it throws.
 *
 * @param path - the package, and after a dot the part of it this stands for.
 * @param calledOnLoad - parts that may be called, since the SDK calls them merely to define things.
 */
export function standIn(path: string, calledOnLoad: readonly string[]): unknown {
  const call = () => {
    if (!calledOnLoad.includes(path)) throw new LeftOutError(path);
    return standIn(`${path}()`, calledOnLoad);
  };
  const get = (_: object, key: string | symbol) =>
    typeof key === 'symbol' || key === '__esModule'
      ? undefined
      : standIn(`${path}.${key}`, calledOnLoad);
  // Only an ordinary function can be a stand-in for what may be called, constructed and extended.
  const target = function () {
    throw new LeftOutError(path);
  };
  // An ES module that imports a stand-in gets an object of its own with the prototype of this one.
  Object.setPrototypeOf(target, new Proxy({}, { get }));
  return new Proxy(target, {
    get,
    apply: call,
    construct: () => {
      throw new LeftOutError(path);
    },
  });
}

/** Something was called that the function does not hold. */
export class LeftOutError extends Error {
  readonly code = 'LEFT_OUT';
  override readonly name = 'LeftOutError';

  constructor(path: string) {
    super(
      `${path} is left out of this function, see scripts/build/leave-out.ts for how to put it back`,
    );
  }
}
