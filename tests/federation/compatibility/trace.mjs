// A trace as Apollo reads it: base64 on stdin, JSON on stdout.
import protobuf from '@apollo/usage-reporting-protobuf';

let input = '';
for await (const chunk of process.stdin) input += chunk;

const { Trace } = protobuf;
const trace = Trace.decode(Buffer.from(input, 'base64'));
process.stdout.write(JSON.stringify(Trace.toObject(trace, { longs: Number })));
