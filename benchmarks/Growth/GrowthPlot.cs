using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Specializer.Benchmarks;

/// <summary>Plots growth as lines over length with two logarithmic axes, so linear growth is a line with slope one.</summary>
internal static class GrowthPlot
{
    private const double Width = 720,
        Height = 440,
        Left = 70,
        Right = 220,
        Top = 30,
        Bottom = 50;

    public static string Draw(IReadOnlyList<GrowthRow> rows)
    {
        (string Name, string Color, Func<GrowthRow, double> Value)[] lines =
        [
            ("prefill, ms", "#1f77b4", row => row.PrefillSeconds * 1e3),
            ("decode one token, ms", "#d62728", row => row.DecodeSeconds * 1e3),
            ("attention alone, us", "#2ca02c", row => row.AttentionSeconds * 1e6),
            ("keys and values, MB", "#7f7f7f", row => row.CacheBytes / 1e6),
        ];
        double low = Math.Floor(Math.Log10(lines.Min(line => rows.Min(line.Value)))),
            high = Math.Ceiling(Math.Log10(lines.Max(line => rows.Max(line.Value))));
        double first = Math.Log2(rows[0].Length),
            last = Math.Max(Math.Log2(rows[^1].Length), first + 1);
        double X(double length) => Left + ((Math.Log2(length) - first) / (last - first) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((Math.Log10(value) - low) / (high - low) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(
            Invariant(
                $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n"
            )
        );
        svg.Append(Invariant($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>\n"));
        for (double decade = low; decade <= high; decade++)
        {
            double y = Y(Math.Pow(10, decade));
            svg.Append(Invariant($"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Width - Right}\" y2=\"{y:F1}\" stroke=\"#ddd\"/>"));
            svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{Math.Pow(10, decade):G6}</text>\n"));
        }

        foreach (GrowthRow row in rows)
        {
            svg.Append(
                Invariant($"<text x=\"{X(row.Length):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{row.Length}</text>\n")
            );
        }

        svg.Append(Invariant($"<text x=\"{(Left + Width - Right) / 2:F1}\" y=\"{Height - 10}\" text-anchor=\"middle\">positions</text>\n"));
        foreach ((string name, string color, Func<GrowthRow, double> value) in lines)
        {
            string points = string.Join(' ', rows.Select(row => Invariant($"{X(row.Length):F1},{Y(value(row)):F1}")));
            svg.Append(Invariant($"<polyline points=\"{points}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>"));
            svg.Append(Invariant($"<text x=\"{Width - Right + 8}\" y=\"{Y(value(rows[^1])) + 4:F1}\" fill=\"{color}\">{name}</text>\n"));
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
