namespace Specializer.Generator.Architecture;

/// <summary>
/// The known facts of a model whose declaration has errors. They determine the generated members, so that code that uses them
/// compiles, and only the errors of the declaration are reported.
/// </summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Kind">The kind of model, as far as it is known.</param>
/// <param name="Constants">The constants whose values are known.</param>
/// <param name="Taken">The names of generated members that the user's part of the class already uses.</param>
internal sealed record ModelOutline(
    ClassDeclaration Class,
    ModelKind Kind,
    EquatableArray<KnownConstant> Constants,
    EquatableArray<string> Taken
);

/// <summary>A constant of the generated class.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record KnownConstant(string Name, long Value);
