import type { QueryRunner } from 'typeorm';

/** Tells the operator what a migration is doing, or waiting for. */
export function say(runner: QueryRunner, line: string): void {
  const { onProgress } = runner.data as { onProgress?: (line: string) => void };
  onProgress?.(line);
}
