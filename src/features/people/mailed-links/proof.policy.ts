/** How long a proof counts, in milliseconds. */
export const proofMs = 600_000;

/** Proofs in a row that may be refused in a session: then it ends. */
export const maxRefusedProofs = 20;
