using Specializer.Text.Patterns;

namespace Specializer.Text.Constraints;

/// <summary>Decimal digits as expressions.</summary>
internal static class Digits
{
    public static Expression Any { get; } = Range(0, 9);

    /// <summary>Returns one digit between two, both included.</summary>
    public static Expression Range(int first, int last) => Expression.Of(ScalarSet.Range('0' + first, '0' + last));
}
