import { PAID_MARKER } from './layout.ts';

const RATE = 8_000;
/** The bell of the gate: five strokes, each note in Hz. */
const NOTES = [392, 330, 392, 494, 392];
const STROKE_SECONDS = 1.2;

/**
 * A recording that really plays: six seconds of a gate's bell, as a WAV file of one channel with eight bits a sample. Its
 * comment is what paid pages say.
 */
export function podcast(): Uint8Array {
  const perStroke = Math.round(RATE * STROKE_SECONDS);
  const samples = NOTES.flatMap((note) =>
    Array.from({ length: perStroke }, (_, at) => sampleOf(note, at / RATE)),
  );
  const format = Buffer.alloc(16);
  // Plain samples, one channel; samples and bytes a second, bytes and bits a sample.
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(1, 2);
  format.writeUInt32LE(RATE, 4);
  format.writeUInt32LE(RATE, 8);
  format.writeUInt16LE(1, 12);
  format.writeUInt16LE(8, 14);
  const comment = chunk('ICMT', Buffer.from(`${PAID_MARKER}\0`, 'latin1'));
  return chunk(
    'RIFF',
    Buffer.concat([
      Buffer.from('WAVE', 'latin1'),
      chunk('fmt ', format),
      chunk('LIST', Buffer.concat([Buffer.from('INFO', 'latin1'), comment])),
      chunk('data', Buffer.from(samples)),
    ]),
  );
}

/** A part of a RIFF file: its name, its length, and its bytes, padded to an even number. */
function chunk(name: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

/** A struck bell at a time (s) after its stroke: its note and an overtone, which die away. */
function sampleOf(note: number, at: number): number {
  const tone = Math.sin(2 * Math.PI * note * at) + 0.4 * Math.sin(2 * Math.PI * note * 2.76 * at);
  return Math.round(128 + 70 * tone * Math.exp(-3.5 * at));
}
