using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Specializer;

/// <summary>Collects the problems of weights with a <see cref="TensorTable"/>, so that one exception reports all of them.</summary>
internal sealed class TableProblems
{
    private const int MaximumLines = 20;
    private const int MaximumProblems = 1_000;

    private readonly string _description;
    private readonly TensorNaming _naming;
    private readonly IReadOnlyList<TensorView> _unexpected;
    private readonly ClosestName _closest;
    private readonly List<WeightsProblem> _problems = [];
    private readonly List<string> _groups = [];
    private int _count;

    /// <summary>Creates the collection with the tensors that the table does not contain; they are reported last.</summary>
    /// <param name="description">The name of the weights in messages.</param>
    /// <param name="naming">The variations of tensor names.</param>
    /// <param name="unexpected">The unexpected tensors.</param>
    public TableProblems(string description, TensorNaming naming, IReadOnlyList<TensorView> unexpected)
    {
        _description = description;
        _naming = naming;
        _unexpected = unexpected;
        _closest = new ClosestName(unexpected);
    }

    public void AddMissing(string name, TensorRequirement requirement, ReadOnlySpan<long> shape)
    {
        string expected = TensorExtent.Format(shape);
        string message = $"missing: {MessageText.Quote(name)} of shape {expected}.";
        string? suggestion = null;
        if (_closest.Find(name, shape) is TensorView closest)
        {
            suggestion = closest.Name;
            message +=
                $" Did you mean {MessageText.Quote(suggestion)} of shape {TensorExtent.Format(closest.Shape)}, which the model does not read?";
            if (_naming.BasePrefix.Length > 0 && closest.Shape.SequenceEqual(shape))
            {
                message += " If it is this tensor, name it with [TensorNames].";
            }
        }
        else if (name == _naming.OutputMatrix)
        {
            message +=
                " If the logits are computed with the token embeddings, "
                + (
                    _naming.OutputMatrixChoice == OutputMatrixChoice.Declared
                        ? "declare TiedEmbeddings = true (in the config.json: \"tie_word_embeddings\": true)."
                        : "set \"tie_word_embeddings\": true in the config.json."
                );
        }

        Add(
            new WeightsProblem(WeightsProblemKind.MissingTensor, name, message) { Expected = expected, Suggestion = suggestion },
            requirement.Name,
            suggestion is null ? "" : WithoutNumbers(suggestion)
        );
    }

    /// <param name="view">The tensor that was found.</param>
    /// <param name="requirement">The requirement that it is read for.</param>
    /// <param name="shape">The expected shape.</param>
    /// <param name="inPlaceOf">The tensor that it replaces in another form; empty if it is that tensor.</param>
    public void AddWrongShape(TensorView view, TensorRequirement requirement, ReadOnlySpan<long> shape, string inPlaceOf)
    {
        string expected = TensorExtent.Format(shape);
        string found = TensorExtent.Format(view.Shape);
        string message = $"wrong shape: {MessageText.Quote(view.Name)}: expected {expected}, found {found}.";
        if (view.Shape.Length == 2 && shape.Length == 2 && view.Shape[0] == shape[1] && view.Shape[1] == shape[0])
        {
            message += " The file contains the transpose.";
        }

        if (inPlaceOf.Length > 0)
        {
            message += $" It is read in the place of {MessageText.Quote(inPlaceOf)}.";
        }

        Add(
            new WeightsProblem(WeightsProblemKind.WrongShape, view.Name, message) { Expected = expected, Found = found },
            requirement.Name,
            found
        );
    }

    public void AddUnsupportedElementType(TensorView view, TensorRequirement requirement)
    {
        string found = TensorElementTypes.Name(view.ElementType);
        Add(
            new WeightsProblem(
                WeightsProblemKind.UnsupportedElementType,
                view.Name,
                $"unsupported type: {MessageText.Quote(view.Name)}: expected F32, BF16 or F16, found {found}."
            )
            {
                Expected = "F32, BF16 or F16",
                Found = found,
            },
            requirement.Name,
            found
        );
    }

    /// <param name="view">The tensor that the model reads.</param>
    /// <param name="copy">The tensor that must be equal.</param>
    /// <param name="requirement">The requirement that both satisfy.</param>
    /// <param name="difference">The index of the first element that differs; negative if the shapes do.</param>
    public void AddDifferentCopy(TensorView view, TensorView copy, TensorRequirement requirement, long difference)
    {
        string found =
            difference < 0
                ? $"shape {TensorExtent.Format(copy.Shape)}"
                : string.Create(CultureInfo.InvariantCulture, $"{TensorComparison.Element(copy, difference)} at {Place(copy, difference)}");
        string expected =
            difference < 0
                ? $"shape {TensorExtent.Format(view.Shape)}"
                : string.Create(CultureInfo.InvariantCulture, $"{TensorComparison.Element(view, difference)}");
        string message =
            IsOutputMatrix(copy.Name) || IsOutputMatrix(view.Name)
                ? $"differs: the model has tied embeddings, but the stored output matrix {MessageText.Quote(copy.Name)} is not {MessageText.Quote(view.Name)}: found {found}, expected {expected}."
                : $"differs: {MessageText.Quote(copy.Name)} must be equal to {MessageText.Quote(view.Name)}, because the model shares one tensor: found {found}, expected {expected}.";
        Add(
            new WeightsProblem(WeightsProblemKind.CopiesDiffer, copy.Name, message) { Expected = expected, Found = found },
            requirement.Name,
            copy.Name
        );
    }

    /// <exception cref="WeightsException">There is at least one problem.</exception>
    public void ThrowIfAny()
    {
        foreach (TensorView view in _unexpected)
        {
            string found = TensorExtent.Format(view.Shape);
            Add(
                new WeightsProblem(
                    WeightsProblemKind.UnexpectedTensor,
                    view.Name,
                    $"unexpected: {MessageText.Quote(view.Name)} of shape {found}; the declared model has no such tensor."
                )
                {
                    Found = found,
                },
                WithoutNumbers(view.Name),
                found
            );
        }

        if (_count > 0)
        {
            throw new WeightsException(_description, Message(), _problems, _count);
        }
    }

    private void Add(WeightsProblem problem, string name, string what)
    {
        _count++;
        if (_problems.Count < MaximumProblems)
        {
            _problems.Add(problem);
            _groups.Add($"{problem.Kind} {name} {what}");
        }
    }

    private string Message()
    {
        StringBuilder text = new();
        text.Append(
            CultureInfo.InvariantCulture,
            $"{_description}: the weights do not match the declared model; {_count} {(_count == 1 ? "problem" : "problems")}:"
        );

        // A problem of one layer usually occurs in all layers, so it is reported in one line instead of one per layer.
        Dictionary<string, (string Message, int Count)> lines = [];
        List<string> order = [];
        for (int i = 0; i < _problems.Count; i++)
        {
            if (lines.TryGetValue(_groups[i], out (string Message, int Count) line))
            {
                lines[_groups[i]] = (line.Message, line.Count + 1);
            }
            else
            {
                lines.Add(_groups[i], (_problems[i].Message, 1));
                order.Add(_groups[i]);
            }
        }

        int told = 0;
        for (int i = 0; i < Math.Min(order.Count, MaximumLines); i++)
        {
            (string message, int count) = lines[order[i]];
            text.Append("\n  ").Append(message);
            if (count > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $" The same in {count - 1} more layers.");
            }

            told += count;
        }

        if (told < _count)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  and {_count - told} more.");
        }

        return text.Append("\nTo fix it: ").Append(Advice()).ToString();
    }

    private string Advice()
    {
        bool isTypeWrong = false;
        bool isDeclarationWrong = false;
        bool isTyingWrong = false;
        foreach (WeightsProblem problem in _problems)
        {
            isTypeWrong |= problem.Kind == WeightsProblemKind.UnsupportedElementType;
            isTyingWrong |= problem.Kind == WeightsProblemKind.CopiesDiffer;
            isDeclarationWrong |= problem.Kind is not (WeightsProblemKind.UnsupportedElementType or WeightsProblemKind.CopiesDiffer);
        }

        if (isTyingWrong)
        {
            return TyingAdvice();
        }

        if (IsShard(_description))
        {
            return "the file is one shard of a checkpoint: pass the folder, or the index (model.safetensors.index.json) beside it.";
        }

        string declaration = isDeclarationWrong
            ? "compare the declaration with the config.json of these weights (layers, widths, heads, vocabulary, biases, tied embeddings, tensor names), or load the weights of the declared model."
            : "";
        string type = isTypeWrong
            ? "convert the tensors to F32, BF16 or F16 and save them again (in Python: tensor.to(torch.bfloat16), then safetensors.torch.save_file)."
            : "";
        return declaration + (isDeclarationWrong && isTypeWrong ? " Also " : "") + type;
    }

    /// <summary>Returns how to fix copies that differ: the output matrix and the embeddings, or other ones.</summary>
    private string TyingAdvice()
    {
        const string Embeddings = "to use the embeddings, save the checkpoint without the output matrix.";
        bool isHead = _problems.Exists(problem => problem.Kind == WeightsProblemKind.CopiesDiffer && IsOutputMatrix(problem.Tensor!));
        string? own = _naming.OutputMatrixChoice switch
        {
            OutputMatrixChoice.Declared => "declare TiedEmbeddings = false (in the config.json: \"tie_word_embeddings\": false)",
            OutputMatrixChoice.Configured => "set \"tie_word_embeddings\": false in the config.json",
            OutputMatrixChoice.ConfiguredWithScale =>
                "set \"tie_word_embeddings\": false and \"scale_decoder_outputs\": true in the config.json",
            _ => null,
        };
        return !isHead ? "keep the tensor that the model was trained with, and save the checkpoint without the other one."
            : own is null ? Embeddings + " An output matrix that differs from them is not supported for this family."
            : $"to use the checkpoint's output matrix, {own}; {Embeddings}";
    }

    private bool IsOutputMatrix(string name) =>
        _naming.OutputMatrix.Length > 0 && name.EndsWith(_naming.OutputMatrix, StringComparison.Ordinal);

    /// <summary>Returns the indices of an element, outermost first.</summary>
    private static string Place(TensorView view, long element)
    {
        long[] indices = new long[view.Shape.Length];
        for (int i = indices.Length - 1; i >= 0; i--)
        {
            (element, indices[i]) = Math.DivRem(element, view.Shape[i]);
        }

        return TensorExtent.Format(indices);
    }

    /// <summary>Returns whether a path is that of a shard, such as <c>model-00001-of-00002.safetensors</c>.</summary>
    private static bool IsShard(string path)
    {
        const string Example = "-00001-of-00002.safetensors";
        if (path.Length < Example.Length)
        {
            return false;
        }

        ReadOnlySpan<char> end = path.AsSpan(path.Length - Example.Length);
        for (int i = 0; i < end.Length; i++)
        {
            if (char.IsAsciiDigit(Example[i]) ? !char.IsAsciiDigit(end[i]) : end[i] != Example[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Returns the name with its numeric parts, such as <c>.3.</c>, replaced by <see cref="TensorRequirement.LayerMark"/>.
    /// </summary>
    private static string WithoutNumbers(string name)
    {
        string[] parts = name.Split('.');
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].Length > 0 && !parts[i].AsSpan().ContainsAnyExceptInRange('0', '9'))
            {
                parts[i] = TensorRequirement.LayerMark;
            }
        }

        return string.Join('.', parts);
    }
}
