/** An answer names the message that it answers, in its Metadata: by id, and by nothing else. */
const form = /^\{"inReplyTo":"([-_a-zA-Z0-9]{1,128})"\}$/;

/** The Metadata of an answer to a message. */
export function metadataOf(messageId: string): string {
  return JSON.stringify({ inReplyTo: messageId });
}

/** The id of the message that a message with this Metadata answers; undefined when it answers none. */
export function answered(metadata: string | undefined): string | undefined {
  return metadata ? form.exec(metadata)?.[1] : undefined;
}
