"""PyTorch's side of `benchmarks -- peers`: a model of torch_models.py, fed line by line.

Started as: torch_peer.py MODEL.safetensors CONFIG(json) THREADS. Each line on stdin is a JSON array:
["prefill", [tokens]]  ["decode", position, [tokens]]  ["encode", source]  ["translate", source, [tokens]]  ["result", FILE]
and each is answered by a line "done"; "result" writes what the last one computed as float32. A source is a list of tokens, or
"input" for the numbers in the file that CONFIG names so.
"""
import json
import struct
import sys

import torch

from torch_models import KINDS


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin).reshape(entry["shape"])
    return tensors


def main():
    path, config, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    model = KINDS[config["kind"]](read(path), config)
    numbers = torch.frombuffer(bytearray(open(config["input"], "rb").read()), dtype=torch.float32) if "input" in config else None
    print("ready", torch.__version__, flush=True)
    result = None
    with torch.inference_mode():
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            if command == "result":
                with open(arguments[0], "wb") as file:
                    file.write(result.contiguous().numpy().tobytes())
            else:
                result = getattr(model, command)(*(numbers if argument == "input" else argument for argument in arguments))
            print("done", flush=True)


main()
