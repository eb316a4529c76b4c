namespace Specializer.Generator.Architecture;

/// <summary>
/// What is known of a model whose declaration has errors: enough to complete the class with the members that it will
/// have, so that the user's code that calls them compiles and only the errors of the declaration are shown.
/// </summary>
/// <param name="Class">The class to complete.</param>
/// <param name="Kind">What kind of model it will be, as far as that can be told.</param>
/// <param name="Constants">The constants whose values are known.</param>
/// <param name="Taken">The generated members' names that the user's part of the class has taken.</param>
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
