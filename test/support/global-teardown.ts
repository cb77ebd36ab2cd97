import { rmSync } from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  const running = globalThis.becausalTestCluster;
  globalThis.becausalTestCluster = undefined;
  if (running === undefined) return;
  await running.cluster.stop();
  rmSync(running.dataDir, { recursive: true, force: true });
}
