// Asks Hugging Face's library (npm @anush008/tokenizers) for everything that it knows of an encoding.
// Each line of the input is {"json": "...", "cases": [{"text", "pair", "special"}]} or {"json", "batches": [[texts]]}; each line of the output its answers.
import { createRequire } from 'module';
import { createInterface } from 'readline';
const { Tokenizer } = createRequire(process.argv[2] + '/x.js')('@anush008/tokenizers');

const describe = e => ({
    ids: e.getIds(), types: e.getTypeIds(), mask: e.getAttentionMask(), special: e.getSpecialTokensMask(), offsets: e.getOffsets().flat(),
    words: e.getWordIds().map(w => w ?? -1), overflow: e.getOverflowing().map(describe),
});

for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answers = [];
    try {
        const tokenizer = Tokenizer.fromString(request.json);
        for (const { text, pair, special } of request.cases) {
            try {
                const encoding = await tokenizer.encode(text, pair, { addSpecialTokens: special });
                const answer = describe(encoding);
                answer.decoded = await tokenizer.decode(answer.ids, false);
                answers.push(answer);
            } catch (error) {
                answers.push({ error: String(error) });
            }
        }
        for (const texts of request.batches ?? []) {
            try {
                answers.push({ batch: (await tokenizer.encodeBatch(texts, { addSpecialTokens: true })).map(describe) });
            } catch (error) {
                answers.push({ error: String(error) });
            }
        }
    } catch (error) {
        answers.push({ error: 'load: ' + error });
    }
    console.log(JSON.stringify(answers));
}
