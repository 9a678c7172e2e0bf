/** A frame as the Docker engine sends it: of stdout (1) or stderr (2). */
export function frame(stream: number, payload: Uint8Array | string): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
}
