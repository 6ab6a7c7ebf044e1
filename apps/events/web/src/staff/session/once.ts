/** One act at a time: what is asked for while one is under way does nothing, so that a second press makes nothing twice. */
export class Once {
  private running = false;

  /** @returns false when another was under way, and nothing was done. */
  async run(act: () => Promise<void>): Promise<boolean> {
    if (this.running) return false;
    this.running = true;
    try {
      await act();
    } finally {
      this.running = false;
    }
    return true;
  }
}
