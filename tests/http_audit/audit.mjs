// Runs every audit of graphql-http against the address given; prints what is not "ok", and the count; exit 1 unless all are.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const wanting = results.filter((result) => result.status !== "ok");
for (const { status, id, name, reason } of wanting) console.log(`${status} ${id} ${name}: ${reason}`);
console.log(`${results.length - wanting.length} of ${results.length} audits ok`);
process.exitCode = wanting.length > 0 ? 1 : 0;
