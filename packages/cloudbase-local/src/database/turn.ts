const milliseconds = 10;

/** How long something may go on before others have their turn. */
export class Turn {
  private started = performance.now();

  get isOver(): boolean {
    return performance.now() - this.started > milliseconds;
  }

  /** Lets others have their turn. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.started = performance.now();
  }
}
