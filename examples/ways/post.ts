// Posts a comment once: STANDFIRST_TOKEN=sf_… node post.ts ARTICLE_ID TEXT [KEY]
import { randomUUID } from 'node:crypto';
import { request } from './request.ts';

const address = process.env.STANDFIRST_URL ?? 'http://127.0.0.1:4000';
// One key for one comment, the same with every attempt. Pass one that you have kept to repeat this after a crash.
const [articleId, body, idempotencyKey = randomUUID()] = process.argv.slice(2);

interface Posted {
  readonly addComment: {
    readonly comment: { id: string; status: string } | null;
    readonly userErrors: readonly { code: string; message: string; field: string[] | null }[];
  };
}

const { addComment } = await request<Posted>(
  address,
  `mutation ($input: AddCommentInput!) {
    addComment(input: $input) { userErrors { code message field } comment { id status } } }`,
  { input: { articleId, body, idempotencyKey } },
);
// Refused for good: the article's comments are closed, for example.
if (addComment.userErrors.length > 0) throw new Error(JSON.stringify(addComment.userErrors));
console.log(JSON.stringify(addComment.comment));
