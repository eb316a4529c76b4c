using System;
using System.Collections.Generic;
using System.Linq;

namespace Specializer.Fuzzing.Configurations;

/// <summary>A field of a family: its type, its default, and the facts of the model that it determines.</summary>
/// <param name="Name">The field, and after a bar its other name; "attn_config.clip_qkv" is a member of an object.</param>
/// <param name="Type">
/// extent (whole, 1 or more), whole (0 or more), number and epsilon (0 or more), share, positive, flag, activation, or fixed (any
/// other value changes the numbers); with a question mark it can be null, which means none.
/// </param>
/// <param name="Absent">The configuration class's default, as JSON; "-" for none.</param>
/// <param name="Facts">The facts.</param>
internal sealed record FamilyField(string Name, string Type, string Absent, string[] Facts);

/// <summary>A family of the tables.</summary>
/// <param name="Name">The value of model_type.</param>
/// <param name="Fields">The fields.</param>
/// <param name="Facts">The facts of all models of the family.</param>
internal sealed record FamilyTable(string Name, FamilyField[] Fields, IReadOnlyDictionary<string, string> Facts);

/// <summary>
/// The meaning of the fields of each family, from the configuration and modeling classes of transformers 5 (with the names and
/// defaults of 4.51 for fields that 5 does not have). It is independent of the parser.
/// </summary>
internal static class FamilyTables
{
    /// <summary>
    /// The name and facts of a family, then a field on each line: name, type, default, facts. "from" takes the fields of another
    /// family, which later lines replace; "biases" are those of all linear layers of a layer, and "&amp;" continues the facts.
    /// </summary>
    private const string Text = """
        llama: norm=RootMeanSquare gated=true arrangement=PreNorm rope=half base=10000
          vocab_size extent 32000 vocabulary
          hidden_size extent 4096 width
          intermediate_size extent 11008 inner
          num_hidden_layers extent 32 layers
          num_attention_heads extent 32 heads
          num_key_value_heads extent? - keyValueHeads
          head_dim extent? - headDimension
          hidden_act activation silu activation
          max_position_embeddings extent 2048 context
          rms_norm_eps epsilon 1e-6 epsilon
          attention_bias flag false queryBias keyBias valueBias outputBias
          mlp_bias flag false innerBias
          tie_word_embeddings flag false tied
          rope_interleaved fixed false
          partial_rotary_factor fixed 1
          add_cross_attention fixed false
          is_causal fixed true
        mistral: from=llama windows=named
          intermediate_size extent 14336 inner
          num_key_value_heads extent? 8 keyValueHeads
          max_position_embeddings extent 131072 context
          sliding_window extent? 4096 window
          attention_bias none - -
          mlp_bias none - -
        qwen2: from=llama windows=qwen queryBias=true keyBias=true valueBias=true
          vocab_size extent 151936 vocabulary
          intermediate_size extent 22016 inner
          num_key_value_heads extent? 32 keyValueHeads
          max_position_embeddings extent 32768 context
          use_sliding_window flag false slides
          sliding_window extent? 4096 window
          max_window_layers number 28 firstWindow
          attention_bias none - -
          mlp_bias none - -
        qwen3: from=qwen2 queryKeyNorm=true
          head_dim extent? 128 headDimension
          attention_bias flag false queryBias keyBias valueBias outputBias
        phi3: from=llama windows=all original=4096 share=1
          vocab_size extent 32064 vocabulary
          hidden_size extent 3072 width
          intermediate_size extent 8192 inner
          max_position_embeddings extent 4096 context
          rms_norm_eps epsilon 1e-5 epsilon
          sliding_window extent? - window
          partial_rotary_factor share 1 share
          attention_bias none - -
          mlp_bias fixed false
          lm_head_bias fixed false
          full_attn_mod fixed 1
          interpolate_factor fixed 1
        gemma: from=llama unitOffset=true embeddingsScaled=true
          vocab_size extent 256000 vocabulary
          hidden_size extent 3072 width
          intermediate_size extent 24576 inner
          num_hidden_layers extent 28 layers
          num_attention_heads extent 16 heads
          num_key_value_heads extent? 16 keyValueHeads
          head_dim extent? 256 headDimension
          hidden_act activation gelu_pytorch_tanh activation
          max_position_embeddings extent 8192 context
          tie_word_embeddings flag true tied
          mlp_bias none - -
          use_bidirectional_attention fixed false
        gemma2: from=gemma windows=alternating arrangement=Sandwich
          hidden_size extent 2304 width
          intermediate_size extent 9216 inner
          num_hidden_layers extent 26 layers
          num_attention_heads extent 8 heads
          num_key_value_heads extent? 4 keyValueHeads
          hidden_act none - -
          hidden_activation activation gelu_pytorch_tanh activation
          query_pre_attn_scalar positive 256 scaleOf
          sliding_window extent 4096 window
          attn_logit_softcapping positive? 50 scoreCap
          final_logit_softcapping positive? 30 logitsCap
        gemma3_text: from=gemma2 windows=gemma3 queryKeyNorm=true base=1000000
          vocab_size extent 262208 vocabulary
          max_position_embeddings extent 131072 context
          attn_logit_softcapping fixed - scoreCap
          final_logit_softcapping positive? - logitsCap
          sliding_window_pattern extent 6 windowPattern
          rope_local_base_freq positive 10000 localBase
        granite: from=llama
          rms_norm_eps epsilon 1e-6 epsilon
          embedding_multiplier positive 1 embeddingFactor
          attention_multiplier positive 1 scale
          residual_multiplier positive 1 residualScale
          logits_scaling positive 1 logitsDivisor
        starcoder2: from=llama gated=false norm=Layer normBias=true windows=all
          vocab_size extent 49152 vocabulary
          hidden_size extent 3072 width
          intermediate_size extent 12288 inner
          num_hidden_layers extent 30 layers
          num_attention_heads extent 24 heads
          num_key_value_heads extent? 2 keyValueHeads
          hidden_act activation gelu_pytorch_tanh activation
          max_position_embeddings extent 4096 context
          rms_norm_eps none - -
          norm_epsilon epsilon 1e-5 epsilon
          use_bias flag true queryBias keyBias valueBias outputBias innerBias
          attention_bias none - -
          mlp_bias none - -
          sliding_window extent? - window
          tie_word_embeddings flag true tied
        stablelm: from=llama norm=Layer normBias=true share=0.25
          vocab_size extent 50304 vocabulary
          hidden_size extent 2560 width
          intermediate_size extent 6912 inner
          num_key_value_heads extent? 32 keyValueHeads
          head_dim none - -
          max_position_embeddings extent 4096 context
          rms_norm_eps none - -
          layer_norm_eps epsilon 1e-5 epsilon
          use_qkv_bias flag false queryBias keyBias valueBias
          attention_bias none - -
          mlp_bias none - -
          qk_layernorm fixed false
          use_parallel_residual flag false parallel
          partial_rotary_factor share 0.25 share
        internlm2: from=llama
          vocab_size extent 103168 vocabulary
          head_dim none - -
          rms_norm_eps epsilon 1e-6 epsilon
          bias flag true queryBias keyBias valueBias outputBias
          attention_bias none - -
          mlp_bias none - -
        cohere2: from=llama norm=Layer arrangement=ParallelOneNorm rope=interleaved windows=gemma3 base=10000
          vocab_size extent 256000 vocabulary
          hidden_size extent 8192 width
          intermediate_size extent 22528 inner
          num_hidden_layers extent 40 layers
          num_attention_heads extent 64 heads
          head_dim none - -
          max_position_embeddings extent 8192 context
          rms_norm_eps none - -
          layer_norm_eps epsilon 1e-5 epsilon
          mlp_bias none - -
          logit_scale positive 0.0625 logitsScale
          sliding_window extent 4096 window
          sliding_window_pattern extent 4 windowPattern
          tie_word_embeddings flag true tied
        gpt2: norm=Layer arrangement=PreNorm rope=none table=learned biases=true normBias=true
          vocab_size extent 50257 vocabulary
          n_embd|hidden_size extent 768 width
          n_layer|num_hidden_layers extent 12 layers
          n_head|num_attention_heads extent 12 heads
          n_inner extent? - inner
          n_positions|max_position_embeddings extent 1024 context
          activation_function activation gelu_new activation
          layer_norm_epsilon epsilon 1e-5 epsilon
          scale_attn_weights flag true scaled
          scale_attn_by_inverse_layer_idx flag false inverseScale
          add_cross_attention fixed false
          tie_word_embeddings flag true tied
        gpt_bigcode: from=gpt2
          activation_function activation gelu_pytorch_tanh activation
          multi_query flag true multiQuery
          scale_attn_by_inverse_layer_idx none - -
        opt: norm=Layer rope=none table=learned normBias=true offset=2 epsilon=1e-5
          vocab_size extent 50272 vocabulary
          hidden_size|d_model extent 768 width
          num_hidden_layers extent 12 layers
          num_attention_heads extent 12 heads
          ffn_dim extent 3072 inner
          max_position_embeddings extent 2048 context
          activation_function activation relu activation
          enable_bias flag true queryBias keyBias valueBias outputBias innerBias
          do_layer_norm_before flag true preNorm
          layer_norm_elementwise_affine fixed true
          tie_word_embeddings flag true tied
          add_cross_attention fixed false
        gptj: norm=Layer arrangement=ParallelOneNorm rope=interleaved base=10000 innerBias=true normBias=true logitsBias=true
          vocab_size extent 50400 vocabulary
          n_embd|hidden_size extent 4096 width
          n_layer|num_hidden_layers extent 28 layers
          n_head|num_attention_heads extent 16 heads
          n_inner extent? - inner
          n_positions|max_position_embeddings extent 2048 context
          rotary_dim extent 64 rotaryDimension
          activation_function activation gelu_new activation
          layer_norm_epsilon epsilon 1e-5 epsilon
          tie_word_embeddings flag false tied
          add_cross_attention fixed false
        gpt_neox: norm=Layer rope=half innerBias=true normBias=true share=0.25 baseField=rotary_emb_base
          vocab_size extent 50432 vocabulary
          hidden_size extent 6144 width
          intermediate_size extent 24576 inner
          num_hidden_layers extent 44 layers
          num_attention_heads extent 64 heads
          hidden_act activation gelu activation
          max_position_embeddings extent 2048 context
          layer_norm_eps epsilon 1e-5 epsilon
          use_parallel_residual flag true parallel
          attention_bias flag true queryBias keyBias valueBias outputBias
          tie_word_embeddings flag false tied
          rotary_pct share 0.25 share
        phi: norm=Layer arrangement=ParallelOneNorm rope=half base=10000 share=0.5 biases=true normBias=true logitsBias=true
          vocab_size extent 51200 vocabulary
          hidden_size extent 2048 width
          intermediate_size extent 8192 inner
          num_hidden_layers extent 24 layers
          num_attention_heads extent 32 heads
          num_key_value_heads extent? - keyValueHeads
          head_dim extent? - headDimension
          hidden_act activation gelu_new activation
          max_position_embeddings extent 2048 context
          layer_norm_eps epsilon 1e-5 epsilon
          partial_rotary_factor share 0.5 share
          qk_layernorm fixed false
          tie_word_embeddings flag false tied
        bloom: norm=Layer arrangement=PreNorm rope=alibi activation=GeluTanh embeddingNorm=true biases=true normBias=true
          vocab_size extent 250880 vocabulary
          hidden_size|n_embed extent 64 width
          n_layer|num_hidden_layers extent 2 layers
          n_head|num_attention_heads extent 8 heads
          n_inner fixed -
          layer_norm_epsilon epsilon 1e-5 epsilon
          apply_residual_connection_post_layernorm flag false normedResidual
          tie_word_embeddings flag true tied
        mpt: norm=Layer arrangement=PreNorm rope=alibi activation=Gelu
          vocab_size extent 50368 vocabulary
          d_model|hidden_size extent 2048 width
          n_layers|num_hidden_layers extent 24 layers
          n_heads|num_attention_heads extent 16 heads
          max_seq_len extent 2048 context
          expansion_ratio fixed 4
          logit_scale fixed -
          no_bias fixed true
          layer_norm_epsilon epsilon 1e-5 epsilon
          attn_config.clip_qkv number? - clip
          attn_config.softmax_scale positive? - scale
          attn_config.qk_ln fixed false
          attn_config.prefix_lm fixed false
          attn_config.alibi fixed true
          attn_config.alibi_bias_max fixed 8
          tie_word_embeddings flag true tied
        falcon: norm=Layer normBias=true
          vocab_size extent 65024 vocabulary
          hidden_size|n_embed extent 4544 width
          num_hidden_layers|n_layer extent 32 layers
          num_attention_heads|n_head extent 71 heads
          num_kv_heads extent? - newHeads
          ffn_hidden_size extent? - inner
          activation activation gelu activation
          max_position_embeddings extent 2048 context
          layer_norm_epsilon epsilon 1e-5 epsilon
          num_ln_in_parallel_attn extent? - norms
          alibi flag false alibi
          new_decoder_architecture flag false new
          multi_query flag true multiQuery
          parallel_attn flag true parallel
          bias flag false queryBias keyBias valueBias outputBias innerBias
          tie_word_embeddings flag true tied
        bert: stack=Encoder norm=Layer arrangement=PostNorm rope=none table=learned embeddingNorm=true biases=true normBias=true
          vocab_size extent 30522 vocabulary
          hidden_size extent 768 width
          intermediate_size extent 3072 inner
          num_hidden_layers extent 12 layers
          num_attention_heads extent 12 heads
          hidden_act activation gelu activation
          max_position_embeddings extent 512 rows
          type_vocab_size extent 2 types
          layer_norm_eps epsilon 1e-12 epsilon
          position_embedding_type fixed absolute
          add_cross_attention fixed false
          is_decoder fixed false
        electra: from=bert
          hidden_size extent 256 width
          intermediate_size extent 1024 inner
          num_attention_heads extent 4 heads
          embedding_size extent 128 embeddingWidth
        mpnet: from=bert rope=relative padded=true padding=1 distance=128
          vocab_size extent 30527 vocabulary
          type_vocab_size none - -
          position_embedding_type none - -
          relative_attention_num_buckets extent 32 buckets
        roberta: from=bert padded=true
          vocab_size extent 50265 vocabulary
          pad_token_id whole? 1 padding
        xlm-roberta: from=roberta
          vocab_size extent 30522 vocabulary
        camembert: from=xlm-roberta
        longformer: from=xlm-roberta bands=true
          attention_window band 512 band
          is_decoder none - -
          add_cross_attention none - -
        distilbert: from=bert
          hidden_size none - -
          intermediate_size none - -
          num_hidden_layers none - -
          num_attention_heads none - -
          hidden_act none - -
          type_vocab_size none - -
          layer_norm_eps none - -
          position_embedding_type none - -
          is_decoder none - -
          add_cross_attention none - -
          dim|hidden_size extent 768 width
          hidden_dim extent 3072 inner
          n_layers|num_hidden_layers extent 6 layers
          n_heads|num_attention_heads extent 12 heads
          activation activation gelu activation
        albert: from=bert
          vocab_size extent 30000 vocabulary
          embedding_size extent 128 embeddingWidth
          hidden_size extent 4096 width
          intermediate_size extent 16384 inner
          num_attention_heads extent 64 heads
          num_hidden_groups extent 1 groups
          inner_group_num extent 1 innerGroups
          hidden_act activation gelu_new activation
          is_decoder none - -
          add_cross_attention none - -
        bart: stack=EncoderDecoder norm=Layer arrangement=PostNorm rope=none source.rope=none table=learned embeddingNorm=true
          & biases=true normBias=true offset=2 epsilon=1e-5 logitsBias=true
          vocab_size extent 50265 vocabulary
          d_model|hidden_size extent 1024 width
          decoder_layers extent 12 layers
          decoder_attention_heads extent 16 heads
          decoder_ffn_dim extent 4096 inner
          encoder_layers|num_hidden_layers extent 12 source.layers
          encoder_attention_heads|num_attention_heads extent 16 source.heads
          encoder_ffn_dim extent 4096 source.inner
          activation_function activation gelu activation
          max_position_embeddings extent 1024 context source.context
          scale_embedding flag false embeddingsScaled
          tie_word_embeddings flag true tied
        mbart: from=bart arrangement=PreNorm
        m2m_100: from=mbart embeddingNorm=false table=sinusoidal logitsBias=false
          vocab_size extent 128112 vocabulary
          activation_function activation relu activation
          scale_embedding flag true embeddingsScaled
        pegasus: from=mbart embeddingNorm=false table=sinusoidal
        marian: from=bart embeddingNorm=false table=sinusoidal
          vocab_size extent 58101 source.vocabulary
          decoder_vocab_size extent? - vocabulary
          share_encoder_decoder_embeddings flag true shares
        t5: stack=EncoderDecoder norm=RootMeanSquare arrangement=PreNorm rope=relative scale=1 source.rope=relative
          vocab_size extent 32128 vocabulary
          d_model|hidden_size extent 512 width
          d_kv|head_dim extent 64 headDimension
          d_ff extent 2048 inner source.inner
          num_layers|num_hidden_layers extent 6 source.layers
          num_decoder_layers extent? - layers
          num_heads|num_attention_heads extent 8 heads source.heads
          relative_attention_num_buckets extent 32 buckets
          relative_attention_max_distance extent 128 distance
          layer_norm_epsilon epsilon 1e-6 epsilon
          feed_forward_proj projection relu projection
        mt5: from=t5
          vocab_size extent 250112 vocabulary
          d_ff extent 1024 inner source.inner
          num_layers|num_hidden_layers extent 8 source.layers
          num_heads|num_attention_heads extent 6 heads source.heads
          feed_forward_proj projection gated-gelu projection
        whisper: stack=EncoderDecoder norm=Layer arrangement=PreNorm rope=none source.rope=none table=learned normBias=true
          & epsilon=1e-5 queryBias=true valueBias=true outputBias=true innerBias=true
          vocab_size extent 51865 vocabulary
          num_mel_bins extent 80 bands
          d_model|hidden_size extent 384 width
          decoder_layers extent 4 layers
          decoder_attention_heads extent 6 heads
          decoder_ffn_dim extent 1536 inner
          encoder_layers|num_hidden_layers extent 4 source.layers
          encoder_attention_heads|num_attention_heads|num_key_value_heads extent 6 source.heads
          encoder_ffn_dim extent 1536 source.inner
          activation_function activation gelu activation
          max_source_positions extent 1500 source.context
          max_target_positions extent 448 context
          scale_embedding flag false embeddingsScaled
          tie_word_embeddings flag true tied
        """;

    private static readonly Lazy<Dictionary<string, FamilyTable>> s_all = new(Read);

    public static IReadOnlyDictionary<string, FamilyTable> All => s_all.Value;

    private static Dictionary<string, FamilyTable> Read()
    {
        Dictionary<string, FamilyTable> tables = [];
        foreach (string line in Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (!line.StartsWith(' '))
            {
                string name = words[0].TrimEnd(':');
                Dictionary<string, string> facts = [];
                FamilyField[] fields = [];
                if (words.Length > 1 && words[1].StartsWith("from=", StringComparison.Ordinal))
                {
                    FamilyTable other = tables[words[1]["from=".Length..]];
                    fields = other.Fields;
                    facts = other.Facts.ToDictionary();
                }

                tables.Add(name, new FamilyTable(name, fields, AddFacts(facts, words[1..])));
                continue;
            }

            FamilyTable last = tables.Values.Last();
            if (words[0] == "&")
            {
                tables[last.Name] = last with { Facts = AddFacts(last.Facts.ToDictionary(), words[1..]) };
                continue;
            }

            FamilyField[] others = [.. last.Fields.Where(field => field.Name != words[0])];
            FamilyField[] own = words[1] == "none" ? [] : [new FamilyField(words[0], words[1], words[2], words[3..])];
            tables[last.Name] = last with { Fields = [.. others, .. own] };
        }

        return tables;
    }

    private static Dictionary<string, string> AddFacts(Dictionary<string, string> facts, string[] words)
    {
        foreach (string[] fact in words.Select(static word => word.Split('=')).Where(static fact => fact[0] != "from"))
        {
            string[] names = fact[0] == "biases" ? ["queryBias", "keyBias", "valueBias", "outputBias", "innerBias"] : [fact[0]];
            foreach (string name in names)
            {
                facts[name] = fact[1];
            }
        }

        return facts;
    }
}
