import { answerParent } from './answer-parent.ts';

// Loaded ahead of the service's own program, which knows nothing of being measured.
answerParent();
