"""PyTorch's side of `benchmarks -- peers`: BERT and LLaMA written with its functions, fed line by line.

Started as: torch_peer.py MODEL.safetensors CONFIG(json) THREADS. Each line on stdin is a JSON array:
["prefill", [tokens]]  ["decode", position, [tokens]]  ["encode", [tokens]]  ["result", FILE]
and each is answered by a line "done"; "result" writes what the last one computed as float32.
"""
import json
import struct
import sys

import torch
import torch.nn.functional as F


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin).reshape(entry["shape"])
    return tensors


def attend(queries, keys, values, mask):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    scores = queries @ keys.transpose(-1, -2) * queries.shape[-1] ** -0.5
    return torch.softmax(scores if mask is None else scores + mask, -1) @ values


class Bert:
    def __init__(self, weights, config):
        self.weights, self.config = weights, config
        for layer in range(config["layers"]):
            for kind in ("weight", "bias"):
                names = [f"encoder.layer.{layer}.attention.self.{part}.{kind}" for part in ("query", "key", "value")]
                weights[f"{layer}.{kind}"] = torch.cat([weights[name] for name in names])

    def norm(self, hidden, name):
        return F.layer_norm(hidden, hidden.shape[-1:], self.weights[name + ".weight"], self.weights[name + ".bias"], 1e-12)

    def linear(self, hidden, name):
        return F.linear(hidden, self.weights[name + ".weight"], self.weights[name + ".bias"])

    def encode(self, tokens):
        w, heads, length = self.weights, self.config["heads"], len(tokens)
        hidden = w["embeddings.word_embeddings.weight"][tokens] + w["embeddings.position_embeddings.weight"][:length] + w["embeddings.token_type_embeddings.weight"][0]
        hidden = self.norm(hidden, "embeddings.LayerNorm")
        for layer in range(self.config["layers"]):
            name = f"encoder.layer.{layer}."
            projected = F.linear(hidden, w[f"{layer}.weight"], w[f"{layer}.bias"]).view(length, 3, heads, -1).permute(1, 2, 0, 3)
            attended = attend(projected[0], projected[1], projected[2], None).transpose(0, 1).reshape(length, -1)
            hidden = self.norm(hidden + self.linear(attended, name + "attention.output.dense"), name + "attention.output.LayerNorm")
            inner = F.gelu(self.linear(hidden, name + "intermediate.dense"))
            hidden = self.norm(hidden + self.linear(inner, name + "output.dense"), name + "output.LayerNorm")
        return hidden


class Llama:
    def __init__(self, weights, config):
        self.weights, self.config, self.heads = weights, config, config["heads"]
        width, length = config["width"], config["context"]
        self.dimension = width // self.heads
        angles = torch.outer(torch.arange(length).float(), 10000.0 ** (-torch.arange(0, self.dimension, 2).float() / self.dimension))
        self.cos, self.sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
        self.keys = torch.zeros(config["layers"], config["keyValueHeads"], length, self.dimension)
        self.values = torch.zeros_like(self.keys)
        for layer in range(config["layers"]):
            name = f"model.layers.{layer}."
            weights[f"{layer}.qkv"] = torch.cat([weights[f"{name}self_attn.{part}_proj.weight"] for part in "qkv"])
            weights[f"{layer}.gateup"] = torch.cat([weights[f"{name}mlp.{part}_proj.weight"] for part in ("gate", "up")])

    def norm(self, hidden, name):
        return hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.config["epsilon"]) * self.weights[name + ".weight"]

    def turn(self, heads, position, rows):
        half = self.dimension // 2
        turned = torch.cat([-heads[..., half:], heads[..., :half]], -1)
        return heads * self.cos[position:position + rows] + turned * self.sin[position:position + rows]

    def forward(self, tokens, position):
        w, heads, groups, rows = self.weights, self.heads, self.config["keyValueHeads"], len(tokens)
        end = position + rows
        mask = None if rows == 1 else torch.full((rows, end), float("-inf")).triu(1 + position)
        hidden = w["model.embed_tokens.weight"][tokens]
        for layer in range(self.config["layers"]):
            name = f"model.layers.{layer}."
            projected = F.linear(self.norm(hidden, name + "input_layernorm"), w[f"{layer}.qkv"]).view(rows, -1, self.dimension).transpose(0, 1)
            queries = self.turn(projected[:heads], position, rows)
            self.keys[layer, :, position:end] = self.turn(projected[heads:heads + groups], position, rows)
            self.values[layer, :, position:end] = projected[heads + groups:]
            keys, values = (cache[layer, :, :end].repeat_interleave(heads // groups, 0) if groups != heads else cache[layer, :, :end] for cache in (self.keys, self.values))
            attended = attend(queries, keys, values, mask).transpose(0, 1).reshape(rows, -1)
            hidden = hidden + F.linear(attended, w[name + "self_attn.o_proj.weight"])
            gate, up = F.linear(self.norm(hidden, name + "post_attention_layernorm"), w[f"{layer}.gateup"]).chunk(2, -1)
            hidden = hidden + F.linear(F.silu(gate) * up, w[name + "mlp.down_proj.weight"])
        return F.linear(self.norm(hidden[-1:], "model.norm"), w["model.embed_tokens.weight"])[0]

    def prefill(self, tokens):
        return self.forward(tokens, 0)

    def decode(self, position, tokens):
        for i, token in enumerate(tokens):
            logits = self.forward([token], position + i)
        return logits


def main():
    path, config, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    model = {"bert": Bert, "llama": Llama}[config["kind"]](read(path), config)
    print("ready", torch.__version__, flush=True)
    result = None
    with torch.inference_mode():
        for line in sys.stdin:
            command, *arguments = json.loads(line)
            if command == "result":
                with open(arguments[0], "wb") as file:
                    file.write(result.contiguous().numpy().tobytes())
            else:
                result = getattr(model, command)(*arguments)
            print("done", flush=True)


main()
