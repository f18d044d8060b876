/** The example's line in `contract/index.ts`, for the type check here. */
declare module '../../../contract' {
  interface BusinessFunctions {
    steps: {
      request: { encryptedData: string; iv: string };
      success: { code: 1; days: { timestamp: number; step: number }[] };
    };
  }
}

export {};
