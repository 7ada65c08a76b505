import type { QueryRunner } from 'typeorm';

/** Tells the person who migrates what a migration does now, or what it waits for. */
export function say(runner: QueryRunner, line: string): void {
  const { onProgress } = runner.data as { onProgress?: (line: string) => void };
  onProgress?.(line);
}
