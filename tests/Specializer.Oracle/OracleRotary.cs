namespace Specializer.Oracle;

/// <summary>Rotary positions of an <see cref="DecoderArchitecture"/>.</summary>
/// <param name="Base">The base of the angles, 10,000 in the paper.</param>
/// <param name="Pairing">Which features rotate together.</param>
/// <param name="Dimensions">How many features of each head, from the first, are rotated; the rest pass unchanged.</param>
public sealed record OracleRotary(double Base, OraclePairing Pairing, int Dimensions);
