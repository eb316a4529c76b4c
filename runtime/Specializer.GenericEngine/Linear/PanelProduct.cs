namespace Specializer.GenericEngine;

/// <summary>
/// The product of up to <see cref="IVectorInstructions{TVector}.RowsOfOnePanel"/> rows with any number of panels. It selects the
/// tiles. Linear layers use it, and attention for its scores and for its weighted sums of values.
/// </summary>
/// <typeparam name="TInstructions">The instruction set.</typeparam>
/// <typeparam name="TVector">Its vector of floats.</typeparam>
internal static unsafe class PanelProduct<TInstructions, TVector>
    where TInstructions : struct, IVectorInstructions<TVector>
    where TVector : struct
{
    /// <summary>The outputs of a panel.</summary>
    public static int PanelWidth => 2 * TInstructions.Lanes;

    /// <summary>Returns the number of panels of one tile for a number of rows: 1, 2 or 4.</summary>
    public static int PanelsOfTile(int rows) =>
        rows <= TInstructions.RowsOfFourPanels ? 4
        : rows <= TInstructions.RowsOfTwoPanels ? 2
        : 1;

    /// <summary>y[row, panel, :] (+)= sum over k of x[row, k] · w[panel, k, :].</summary>
    /// <param name="rows">The number of rows, 1 to <see cref="IVectorInstructions{TVector}.RowsOfOnePanel"/>.</param>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="xStride">The floats from one row of inputs to the next.</param>
    /// <param name="w">The first panel.</param>
    /// <param name="wStride">The floats from one input's weights to the next one's, within a panel.</param>
    /// <param name="panelStride">The floats from one panel to the next.</param>
    /// <param name="vectors">The width of all panels together in vectors; if it is odd, the last panel has one.</param>
    /// <param name="y">The outputs of the first row; those of the panels are contiguous.</param>
    /// <param name="yStride">The floats from one row of outputs to the next.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="accumulate">Whether the sums start from the outputs.</param>
    public static void Multiply(
        int rows,
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        nint panelStride,
        int vectors,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate
    )
    {
        int panels = vectors / 2;
        int atOnce = PanelsOfTile(rows);
        if (atOnce == 4)
        {
            for (; panels >= 4; panels -= 4)
            {
                MultiplyFourPanels(rows, x, xStride, w, wStride, panelStride, y, yStride, inputs, accumulate);
                w += 4 * panelStride;
                y += 4 * PanelWidth;
            }
        }

        if (atOnce >= 2)
        {
            for (; panels >= 2; panels -= 2)
            {
                MultiplyTwoPanels(rows, x, xStride, w, wStride, panelStride, y, yStride, inputs, accumulate, w);
                w += 2 * panelStride;
                y += 2 * PanelWidth;
            }
        }

        for (; panels > 0; panels--)
        {
            MultiplyOnePanel<Count.Two>(rows, x, xStride, w, wStride, y, yStride, inputs, accumulate, w);
            w += panelStride;
            y += PanelWidth;
        }

        if (vectors % 2 != 0)
        {
            MultiplyOnePanel<Count.One>(rows, x, xStride, w, wStride, y, yStride, inputs, accumulate, w);
        }
    }

    /// <summary>One <see cref="OnePanelTile{TInstructions, TVector}"/>, of one to twelve rows.</summary>
    public static void MultiplyOnePanel<TVectors>(
        int rows,
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate,
        float* ahead
    )
        where TVectors : struct, ICount
    {
        switch (rows)
        {
            case 1:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.One, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 2:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Two, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 3:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Three, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 4:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Four, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 5:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Five, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 6:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Six, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 7:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Seven, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 8:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Eight, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 9:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Nine, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 10:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Ten, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 11:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Eleven, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            default:
                OnePanelTile<TInstructions, TVector>.Multiply<Count.Twelve, TVectors>(
                    x,
                    xStride,
                    w,
                    wStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
        }
    }

    /// <summary>One <see cref="TwoPanelTile{TInstructions, TVector}"/>, of one to six rows.</summary>
    public static void MultiplyTwoPanels(
        int rows,
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        nint panelStride,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate,
        float* ahead
    )
    {
        switch (rows)
        {
            case 1:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.One>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 2:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.Two>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 3:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.Three>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 4:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.Four>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            case 5:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.Five>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
            default:
                TwoPanelTile<TInstructions, TVector>.Multiply<Count.Six>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate,
                    ahead
                );
                break;
        }
    }

    private static void MultiplyFourPanels(
        int rows,
        float* x,
        nint xStride,
        float* w,
        nint wStride,
        nint panelStride,
        float* y,
        nint yStride,
        int inputs,
        bool accumulate
    )
    {
        switch (rows)
        {
            case 1:
                FourPanelTile<TInstructions, TVector>.Multiply<Count.One>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate
                );
                break;
            case 2:
                FourPanelTile<TInstructions, TVector>.Multiply<Count.Two>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate
                );
                break;
            default:
                FourPanelTile<TInstructions, TVector>.Multiply<Count.Three>(
                    x,
                    xStride,
                    w,
                    wStride,
                    panelStride,
                    y,
                    yStride,
                    inputs,
                    accumulate
                );
                break;
        }
    }
}
