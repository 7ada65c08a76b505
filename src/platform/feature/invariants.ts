/**
 * Conditions that hold whenever no transaction is open, each with a statement that finds the violating rows: its column
 * `violation` identifies the row and the fault.
 */
export type Invariants = Readonly<Record<string, string>>;
