namespace Specializer.Oracle;

/// <summary>Which keys a query sees.</summary>
/// <param name="query">The number of the query among the queries given, from 0.</param>
/// <param name="key">The number of the key among the keys given, from 0.</param>
public delegate bool Visibility(int query, int key);
