"""The models of the project's benchmarks, written with PyTorch's functions as their papers and checkpoints have them.

Each is made of a checkpoint's tensors and a few facts, and has the methods that a line on stdin may name (torch_peer.py).
"""
import math

import torch
import torch.nn.functional as F


def attend(queries, keys, values, mask, scale=None):
    if scale is None and hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
    scores = queries @ keys.transpose(-1, -2)
    scores = scores * (queries.shape[-1] ** -0.5 if scale is None else scale)
    return torch.softmax(scores if mask is None else scores + mask, -1) @ values


def causal(rows, end):
    """A mask for the last `rows` of `end` positions; none where all keys are seen."""
    return None if rows == 1 else torch.full((rows, end), float("-inf")).triu(1 + end - rows)


class Model:
    prefix = ""

    def __init__(self, weights, config):
        self.weights = {name[len(self.prefix):] if name.startswith(self.prefix) else name: tensor for name, tensor in weights.items()}
        self.config, self.heads = config, config["heads"]

    def join(self, name, parts, kind="weight"):
        return torch.cat([self.weights[f"{name}{part}.{kind}"] for part in parts])

    def norm(self, hidden, name):
        return F.layer_norm(hidden, hidden.shape[-1:], self.weights[name + ".weight"], self.weights[name + ".bias"], self.config.get("epsilon", 1e-5))

    def root_mean_square_norm(self, hidden, name):
        return hidden * torch.rsqrt(hidden.pow(2).mean(-1, keepdim=True) + self.config["epsilon"]) * self.weights[name + ".weight"]

    def linear(self, hidden, name):
        return F.linear(hidden, self.weights[name + ".weight"], self.weights.get(name + ".bias"))

    def split(self, hidden, heads=None):
        """[rows, width] to [heads, rows, width of a head]."""
        return hidden.view(hidden.shape[0], heads or self.heads, -1).transpose(0, 1)

    def decode(self, position, tokens):
        for i, token in enumerate(tokens):
            logits = self.forward([token], position + i)
        return logits

    def prefill(self, tokens):
        return self.forward(tokens, 0)


def merge(heads):
    return heads.transpose(0, 1).reshape(heads.shape[1], -1)


class Bert(Model):
    def __init__(self, weights, config):
        super().__init__(weights, {"epsilon": 1e-12, **config})
        self.projections = [
            [self.join(f"encoder.layer.{layer}.attention.self.", ("query", "key", "value"), kind) for kind in ("weight", "bias")]
            for layer in range(config["layers"])]

    def encode(self, tokens):
        w = self.weights
        hidden = w["embeddings.word_embeddings.weight"][tokens] + w["embeddings.position_embeddings.weight"][:len(tokens)] + w["embeddings.token_type_embeddings.weight"][0]
        hidden = self.norm(hidden, "embeddings.LayerNorm")
        for layer in range(self.config["layers"]):
            name = f"encoder.layer.{layer}."
            queries, keys, values = self.split(F.linear(hidden, *self.projections[layer]), 3 * self.heads).chunk(3)
            hidden = self.norm(hidden + self.linear(merge(attend(queries, keys, values, None)), name + "attention.output.dense"), name + "attention.output.LayerNorm")
            inner = F.gelu(self.linear(hidden, name + "intermediate.dense"))
            hidden = self.norm(hidden + self.linear(inner, name + "output.dense"), name + "output.LayerNorm")
        return hidden


class Vit(Model):
    prefix = "vit."

    def __init__(self, weights, config):
        super().__init__(weights, {"epsilon": 1e-12, **config})
        self.projections = [
            [self.join(f"encoder.layer.{layer}.attention.attention.", ("query", "key", "value"), kind) for kind in ("weight", "bias")]
            for layer in range(config["layers"])]

    def encode(self, pixels):
        w, size = self.weights, self.config["imageSize"]
        patches = self.weights["embeddings.patch_embeddings.projection.weight"]
        hidden = F.conv2d(pixels.view(1, -1, size, size), patches, w["embeddings.patch_embeddings.projection.bias"], stride=patches.shape[-1])[0].flatten(1).t()
        hidden = torch.cat([w["embeddings.cls_token"].view(1, -1), hidden]) + w["embeddings.position_embeddings"].view(-1, hidden.shape[-1])
        for layer in range(self.config["layers"]):
            name = f"encoder.layer.{layer}."
            queries, keys, values = self.split(F.linear(self.norm(hidden, name + "layernorm_before"), *self.projections[layer]), 3 * self.heads).chunk(3)
            hidden = hidden + self.linear(merge(attend(queries, keys, values, None)), name + "attention.output.dense")
            inner = F.gelu(self.linear(self.norm(hidden, name + "layernorm_after"), name + "intermediate.dense"))
            hidden = hidden + self.linear(inner, name + "output.dense")
        first = self.norm(hidden[0], "layernorm")
        return torch.tanh(self.linear(first, "pooler.dense")) if "pooler.dense.weight" in w else self.linear(first, "classifier")


class Gpt2(Model):
    prefix = "transformer."

    def __init__(self, weights, config):
        super().__init__(weights, config)
        width = self.weights["wte.weight"].shape[1]
        self.keys = torch.zeros(config["layers"], self.heads, config["context"], width // self.heads)
        self.values = torch.zeros_like(self.keys)

    def linear(self, hidden, name):
        # GPT-2's matrices are stored the other way round.
        return torch.addmm(self.weights[name + ".bias"], hidden, self.weights[name + ".weight"])

    def forward(self, tokens, position):
        w, rows = self.weights, len(tokens)
        end = position + rows
        hidden = w["wte.weight"][tokens] + w["wpe.weight"][position:end]
        for layer in range(self.config["layers"]):
            name = f"h.{layer}."
            queries, keys, values = self.split(self.linear(self.norm(hidden, name + "ln_1"), name + "attn.c_attn"), 3 * self.heads).chunk(3)
            self.keys[layer, :, position:end], self.values[layer, :, position:end] = keys, values
            attended = attend(queries, self.keys[layer, :, :end], self.values[layer, :, :end], causal(rows, end))
            hidden = hidden + self.linear(merge(attended), name + "attn.c_proj")
            inner = F.gelu(self.linear(self.norm(hidden, name + "ln_2"), name + "mlp.c_fc"), approximate="tanh")
            hidden = hidden + self.linear(inner, name + "mlp.c_proj")
        return F.linear(self.norm(hidden[-1:], "ln_f"), w["wte.weight"])[0]


class Llama(Model):
    prefix = "model."

    def __init__(self, weights, config):
        super().__init__(weights, config)
        length, self.dimension = config["context"], config["width"] // self.heads
        angles = torch.outer(torch.arange(length).float(), 10000.0 ** (-torch.arange(0, self.dimension, 2).float() / self.dimension))
        self.cos, self.sin = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
        self.keys = torch.zeros(config["layers"], config["keyValueHeads"], length, self.dimension)
        self.values = torch.zeros_like(self.keys)
        self.projections = [self.join(f"layers.{layer}.self_attn.", ("q_proj", "k_proj", "v_proj")) for layer in range(config["layers"])]
        self.gates = [self.join(f"layers.{layer}.mlp.", ("gate_proj", "up_proj")) for layer in range(config["layers"])]

    def turn(self, heads, position, rows):
        half = self.dimension // 2
        turned = torch.cat([-heads[..., half:], heads[..., :half]], -1)
        return heads * self.cos[position:position + rows] + turned * self.sin[position:position + rows]

    def forward(self, tokens, position):
        w, heads, groups, rows = self.weights, self.heads, self.config["keyValueHeads"], len(tokens)
        end = position + rows
        mask = causal(rows, end)
        hidden = w["embed_tokens.weight"][tokens]
        for layer in range(self.config["layers"]):
            name = f"layers.{layer}."
            projected = self.split(F.linear(self.root_mean_square_norm(hidden, name + "input_layernorm"), self.projections[layer]), heads + 2 * groups)
            queries = self.turn(projected[:heads], position, rows)
            self.keys[layer, :, position:end] = self.turn(projected[heads:heads + groups], position, rows)
            self.values[layer, :, position:end] = projected[heads + groups:]
            keys, values = (cache[layer, :, :end].repeat_interleave(heads // groups, 0) if groups != heads else cache[layer, :, :end] for cache in (self.keys, self.values))
            hidden = hidden + self.linear(merge(attend(queries, keys, values, mask)), name + "self_attn.o_proj")
            gate, up = F.linear(self.root_mean_square_norm(hidden, name + "post_attention_layernorm"), self.gates[layer]).chunk(2, -1)
            hidden = hidden + self.linear(F.silu(gate) * up, name + "mlp.down_proj")
        return F.linear(self.root_mean_square_norm(hidden[-1:], "norm"), w["embed_tokens.weight"])[0]


class SequenceToSequence(Model):
    """A decoder with a cache behind an encoder whose keys and values are computed once."""

    def remember(self, layers, context, dimension):
        self.keys = torch.zeros(layers, self.heads, context, dimension)
        self.values = torch.zeros_like(self.keys)

    def translate(self, source, tokens):
        self.encode(source)
        return self.forward(tokens, 0)


class T5(SequenceToSequence):
    def __init__(self, weights, config):
        super().__init__(weights, {"epsilon": 1e-6, **config})
        layers = range(config["layers"])
        attention = lambda name: self.join(name, "qkv")
        self.encoders = [attention(f"encoder.block.{layer}.layer.0.SelfAttention.") for layer in layers]
        self.decoders = [attention(f"decoder.block.{layer}.layer.0.SelfAttention.") for layer in layers]
        self.sources = [self.join(f"decoder.block.{layer}.layer.1.EncDecAttention.", "kv") for layer in layers]
        self.remember(config["layers"], config["context"], self.encoders[0].shape[0] // 3 // self.heads)
        context = config["context"]
        self.encoder_bias, self.decoder_bias = self.bias("encoder", context, True), self.bias("decoder", context, False)

    def bias(self, stack, length, both_ways):
        """[heads, queries, keys]: a bias for each bucket of distances (Raffel et al. 2020)."""
        buckets, most = self.config["buckets"], self.config["maxDistance"]
        distance = torch.arange(length)[None, :] - torch.arange(length)[:, None]
        bucket = torch.zeros_like(distance)
        if both_ways:
            buckets //= 2
            bucket, distance = bucket + (distance > 0).long() * buckets, distance.abs()
        else:
            distance = -distance.clamp(max=0)
        exact = buckets // 2
        far = exact + (torch.log(distance.clamp(min=1).float() / exact) / math.log(most / exact) * (buckets - exact)).long()
        bucket = bucket + torch.where(distance < exact, distance, far.clamp(max=buckets - 1))
        return self.weights[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"][bucket].permute(2, 0, 1).contiguous()

    def feed_forward(self, hidden, name):
        inner = F.relu(self.linear(self.root_mean_square_norm(hidden, name + ".layer_norm"), name + ".DenseReluDense.wi"))
        return hidden + self.linear(inner, name + ".DenseReluDense.wo")

    def encode(self, tokens):
        length, hidden = len(tokens), self.weights["shared.weight"][tokens]
        bias = self.encoder_bias[:, :length, :length]
        for layer in range(self.config["layers"]):
            name = f"encoder.block.{layer}.layer."
            queries, keys, values = self.split(F.linear(self.root_mean_square_norm(hidden, name + "0.layer_norm"), self.encoders[layer]), 3 * self.heads).chunk(3)
            hidden = hidden + self.linear(merge(attend(queries, keys, values, bias, 1)), name + "0.SelfAttention.o")
            hidden = self.feed_forward(hidden, name + "1")
        hidden = self.root_mean_square_norm(hidden, "encoder.final_layer_norm")
        self.source = [self.split(F.linear(hidden, weights), 2 * self.heads).chunk(2) for weights in self.sources]
        return hidden

    def forward(self, tokens, position):
        rows, end = len(tokens), position + len(tokens)
        mask, bias = causal(rows, end), self.decoder_bias[:, position:end, :end]
        bias = bias if mask is None else bias + mask
        hidden = self.weights["shared.weight"][tokens]
        for layer in range(self.config["layers"]):
            name = f"decoder.block.{layer}.layer."
            queries, keys, values = self.split(F.linear(self.root_mean_square_norm(hidden, name + "0.layer_norm"), self.decoders[layer]), 3 * self.heads).chunk(3)
            self.keys[layer, :, position:end], self.values[layer, :, position:end] = keys, values
            attended = attend(queries, self.keys[layer, :, :end], self.values[layer, :, :end], bias, 1)
            hidden = hidden + self.linear(merge(attended), name + "0.SelfAttention.o")
            queries = self.split(self.linear(self.root_mean_square_norm(hidden, name + "1.layer_norm"), name + "1.EncDecAttention.q"))
            hidden = hidden + self.linear(merge(attend(queries, *self.source[layer], None, 1)), name + "1.EncDecAttention.o")
            hidden = self.feed_forward(hidden, name + "2")
        hidden = self.root_mean_square_norm(hidden[-1:], "decoder.final_layer_norm")
        return F.linear(hidden * hidden.shape[-1] ** -0.5, self.weights["shared.weight"])[0]


class Whisper(SequenceToSequence):
    prefix = "model."

    def __init__(self, weights, config):
        super().__init__(weights, config)
        width = self.weights["decoder.embed_tokens.weight"].shape[1]
        self.remember(config["layers"], config["context"], width // self.heads)

        # Projections of keys have no bias.
        nothing = torch.zeros(width)
        self.joined = {}
        for name in {name[:-len("q_proj.weight")] for name in self.weights if name.endswith("q_proj.weight")}:
            self.joined[name] = [self.join(name, ("q_proj", "k_proj", "v_proj")), torch.cat([self.weights[name + "q_proj.bias"], nothing, self.weights[name + "v_proj.bias"]])]

    def feed_forward(self, hidden, name):
        inner = F.gelu(self.linear(self.norm(hidden, name + "final_layer_norm"), name + "fc1"))
        return hidden + self.linear(inner, name + "fc2")

    def encode(self, features):
        w = self.weights
        hidden = F.gelu(F.conv1d(features.view(1, w["encoder.conv1.weight"].shape[1], -1), w["encoder.conv1.weight"], w["encoder.conv1.bias"], padding=1))
        hidden = F.gelu(F.conv1d(hidden, w["encoder.conv2.weight"], w["encoder.conv2.bias"], stride=2, padding=1))[0].t()
        hidden = hidden + w["encoder.embed_positions.weight"][:hidden.shape[0]]
        for layer in range(self.config["layers"]):
            name = f"encoder.layers.{layer}."
            queries, keys, values = self.split(F.linear(self.norm(hidden, name + "self_attn_layer_norm"), *self.joined[name + "self_attn."]), 3 * self.heads).chunk(3)
            hidden = hidden + self.linear(merge(attend(queries, keys, values, None)), name + "self_attn.out_proj")
            hidden = self.feed_forward(hidden, name)
        hidden = self.norm(hidden, "encoder.layer_norm")
        self.source = []
        for layer in range(self.config["layers"]):
            weight, bias = (part[hidden.shape[1]:] for part in self.joined[f"decoder.layers.{layer}.encoder_attn."])
            self.source.append(self.split(F.linear(hidden, weight, bias), 2 * self.heads).chunk(2))
        return hidden

    def forward(self, tokens, position):
        w, rows = self.weights, len(tokens)
        end = position + rows
        hidden = w["decoder.embed_tokens.weight"][tokens] + w["decoder.embed_positions.weight"][position:end]
        for layer in range(self.config["layers"]):
            name = f"decoder.layers.{layer}."
            queries, keys, values = self.split(F.linear(self.norm(hidden, name + "self_attn_layer_norm"), *self.joined[name + "self_attn."]), 3 * self.heads).chunk(3)
            self.keys[layer, :, position:end], self.values[layer, :, position:end] = keys, values
            attended = attend(queries, self.keys[layer, :, :end], self.values[layer, :, :end], causal(rows, end))
            hidden = hidden + self.linear(merge(attended), name + "self_attn.out_proj")
            queries = self.split(self.linear(self.norm(hidden, name + "encoder_attn_layer_norm"), name + "encoder_attn.q_proj"))
            hidden = hidden + self.linear(merge(attend(queries, *self.source[layer], None)), name + "encoder_attn.out_proj")
            hidden = self.feed_forward(hidden, name)
        return F.linear(self.norm(hidden[-1:], "decoder.layer_norm"), w["decoder.embed_tokens.weight"])[0]


KINDS = {"bert": Bert, "vit": Vit, "gpt2": Gpt2, "llama": Llama, "t5": T5, "whisper": Whisper}
