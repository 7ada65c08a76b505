import { createHash } from 'node:crypto';
import { type Plugin } from 'vite';
import { refreshSession } from '../../packages/client/src/session.ts';
import { operations, signInMutation, signOutMutation } from './documents.ts';

/** Writes all operations that the element sends to a manifest, for services with TRUSTED_DOCUMENTS. */
export const trustedDocuments = (): Plugin => ({
  name: 'trusted-documents',
  apply: 'build',
  generateBundle() {
    const texts = [...operations, signInMutation, signOutMutation, refreshSession];
    const entries = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
    const source = `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
    this.emitFile({ type: 'asset', fileName: 'operations.json', source });
  },
});
