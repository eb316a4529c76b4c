using System.Text.Json.Serialization;

namespace Specializer.Extensions.AI;

/// <summary>Serialization without reflection.</summary>
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(string))]
internal sealed partial class ChatJson : JsonSerializerContext;
