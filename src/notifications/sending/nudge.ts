/** Something to wait for that may come before anybody waits: then the next one does not wait. */
export class Nudge {
  private raised = false;
  private wakeUp: (() => void) | null = null;

  raise(): void {
    this.raised = true;
    this.wakeUp?.();
  }

  /** Resolves when it is raised, or was since the last wait, or after so many milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.raised) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wakeUp = null;
    }
    this.raised = false;
  }
}
