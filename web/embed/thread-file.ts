import { ThreadElement } from './thread-element.tsx';

// A page may load the file twice, by two addresses.
if (!customElements.get('standfirst-thread')) customElements.define('standfirst-thread', ThreadElement);

export { ThreadElement };
