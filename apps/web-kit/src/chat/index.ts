export { messageOf, messagesOf } from './message.ts';
export { type Draft, inOrder, type Message, Timeline } from './timeline.ts';
