"""Trains small SentencePiece models and encodes and decodes with them. One JSON request on stdin, one answer on stdout."""
import io
import json
import sys

import sentencepiece

request = json.load(sys.stdin)
answers = []
for model in request["models"]:
    buffer = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(model["sentences"]), model_writer=buffer, minloglevel=2, num_threads=1, **model["options"])
    processor = sentencepiece.SentencePieceProcessor(model_proto=buffer.getvalue())
    ids = [processor.encode(text, out_type=int) for text in model["texts"]]
    answers.append({
        "model": buffer.getvalue().hex(),
        "ids": ids,
        "decoded": [processor.decode(i) for i in ids],
        "random": [processor.decode(i) for i in model["sequences"]],
    })
json.dump(answers, sys.stdout)
