/** Result of importing a document, or the comments of one article. */
export interface ImportOutcome {
  readonly articleId: string;
  readonly slug: string;
  /** `left`: the article was unpublished here and was not changed. */
  readonly outcome: 'new' | 'changed' | 'unchanged' | 'left';
  readonly addedComments: number;
  readonly addedEndorsements: number;
  /** Number of events in the article's log, for changes of every kind. */
  readonly events: number;
  /** Number of comments that are left out because the comment above them is not listed here. */
  readonly leftOut: number;
}
