import { maxTagLength } from '../../platform/text/tag-name.ts';
import { holding, type TextDeclarations, type WrittenText } from '../../platform/text/written-text.ts';
import {
  maxBodyLength,
  maxSignatureLengths,
  maxStandfirstLength,
  maxTitleLength,
} from './article/article.texts.ts';

const line = (max: number): WrittenText => ({ form: 'LINE', max, screening: 'NONE' });

export const articleTexts: TextDeclarations = {
  ...holding(line(maxTitleLength), 'Article.title', 'CreateArticleInput.title', 'UpdateArticleInput.title'),
  ...holding(
    { form: 'TEXT', max: maxStandfirstLength, screening: 'NONE' },
    'Article.standfirst',
    'CreateArticleInput.standfirst',
    'UpdateArticleInput.standfirst',
  ),
  ...holding(
    { form: 'MARKDOWN', max: maxBodyLength, screening: 'NONE' },
    'Article.bodyHtml',
    'Article.bodyText',
    'Article.viewerBodyMarkdown',
    'CreateArticleInput.body',
    'UpdateArticleInput.body',
  ),
  ...holding(line(maxSignatureLengths.name), 'Signature.name', 'SignatureInput.name'),
  ...holding(line(maxSignatureLengths.role), 'Signature.role', 'SignatureInput.role'),
  ...holding(line(maxSignatureLengths.organisation), 'Signature.organisation', 'SignatureInput.organisation'),
  ...holding(line(maxTagLength), 'Tag.name', 'CreateArticleInput.tags', 'UpdateArticleInput.tags'),
  ...holding(
    'NO_TEXT',
    'Article.slug',
    'CreateArticleInput.slug',
    'UpdateArticleInput.slug',
    'Article.viewerContactAddresses',
    'ArticleFilter.tagNames',
  ),
};
